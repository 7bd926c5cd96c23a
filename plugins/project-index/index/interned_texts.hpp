// SPDX-License-Identifier: Apache-2.0
// Texts of which each is kept once, numbered by their first appearance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

// For millions of short texts: their bytes are in one piece, and a look at one that is known meets
// one line of the table and its bytes. Not for several threads at once.
class InternedTexts {
 public:
  // The same text has the same number.
  std::uint32_t number_of(std::string_view text);

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(ends_.size()); }

  // Valid until the next number_of().
  std::string_view text(std::uint32_t number) const noexcept {
    const std::size_t begin = number == 0 ? 0 : ends_[number - 1];
    return std::string_view(bytes_).substr(begin, ends_[number] - begin);
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number = kFree;
  };

  static constexpr std::uint32_t kFree = UINT32_MAX;

  void grow();

  std::string bytes_;
  std::vector<std::size_t> ends_;
  std::vector<Slot> slots_;  // a power of two of them, at most half of them taken
};

}  // namespace toolpost::project_index
