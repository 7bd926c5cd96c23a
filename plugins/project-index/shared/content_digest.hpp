// SPDX-License-Identifier: Apache-2.0
// BLAKE2b (RFC 7693) with a digest of 32 bytes and without a key: names content that somebody may
// have chosen. Of the hashes that nobody finds two texts for, the fast one without special
// instructions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace toolpost::project_index {

class ContentDigest {
 public:
  ContentDigest() noexcept;

  void add(std::string_view bytes) noexcept;

  // With its length before it, so that no two lists of texts are the same bytes.
  void add_text(std::string_view text) noexcept;

  // In hexadecimal. Ends the adding.
  std::string hexadecimal();

 private:
  static constexpr std::size_t kBlock = 128;

  void compress(bool is_last) noexcept;

  std::array<std::uint64_t, 8> state_;
  std::array<unsigned char, kBlock> block_{};
  std::size_t filled_ = 0;        // of block_
  std::uint64_t compressed_ = 0;  // bytes, 2^64 at most
};

}  // namespace toolpost::project_index
