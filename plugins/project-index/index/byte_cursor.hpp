// SPDX-License-Identifier: Apache-2.0
// Reads what byte_sink.hpp writes from bytes that nobody vouches for. Reading past the end, or a
// number that is too long, gives zero and makes the cursor fail for good: ask ok() before using
// what was read.
#pragma once

#include <cstdint>
#include <string_view>

namespace toolpost::project_index {

class ByteCursor {
 public:
  explicit ByteCursor(std::string_view bytes) noexcept : rest_(bytes) {}

  bool ok() const noexcept { return ok_; }

  bool at_end() const noexcept { return rest_.empty(); }

  std::string_view rest() const noexcept { return rest_; }

  std::string_view bytes(std::uint64_t count) noexcept {
    if (count > rest_.size()) return fail();
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  template <class Number>
  Number fixed() noexcept {
    std::uint64_t number = 0;
    unsigned shift = 0;
    for (const char byte : bytes(sizeof(Number))) {
      number |= std::uint64_t{static_cast<unsigned char>(byte)} << shift;
      shift += 8;
    }
    return static_cast<Number>(number);
  }

  std::uint64_t varint() noexcept {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      number |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return number;
    }
    fail();
    return 0;
  }

 private:
  std::string_view fail() noexcept {
    ok_ = false;
    rest_ = {};
    return {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace toolpost::project_index
