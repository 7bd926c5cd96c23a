// SPDX-License-Identifier: Apache-2.0
#include "shared/content_digest.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace toolpost::project_index {
namespace {

using Words = std::array<std::uint64_t, 16>;

constexpr std::uint64_t kDigestBytes = 32;

constexpr std::array<std::uint64_t, 8> kStart{
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

constexpr std::uint8_t kOrder[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                         {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                         {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                         {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                         {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                         {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                         {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                         {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                         {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                         {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

// The mixing function G of the RFC.
inline void mix(std::uint64_t& a, std::uint64_t& b, std::uint64_t& c, std::uint64_t& d,
                std::uint64_t x, std::uint64_t y) noexcept {
  a += b + x;
  d = std::rotr(d ^ a, 32);
  c += d;
  b = std::rotr(b ^ c, 24);
  a += b + y;
  d = std::rotr(d ^ a, 16);
  c += d;
  b = std::rotr(b ^ c, 63);
}

void mix_all(Words& v, const Words& message) noexcept {
  for (unsigned round = 0; round < 12; ++round) {
    const auto& order = kOrder[round % 10];
    const auto word = [&](unsigned place) { return message[order[place]]; };
    mix(v[0], v[4], v[8], v[12], word(0), word(1));
    mix(v[1], v[5], v[9], v[13], word(2), word(3));
    mix(v[2], v[6], v[10], v[14], word(4), word(5));
    mix(v[3], v[7], v[11], v[15], word(6), word(7));
    mix(v[0], v[5], v[10], v[15], word(8), word(9));
    mix(v[1], v[6], v[11], v[12], word(10), word(11));
    mix(v[2], v[7], v[8], v[13], word(12), word(13));
    mix(v[3], v[4], v[9], v[14], word(14), word(15));
  }
}

}  // namespace

ContentDigest::ContentDigest() noexcept : state_(kStart) {
  state_[0] ^= 0x01010000 ^ kDigestBytes;
}

void ContentDigest::add(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    // The last block is compressed as the last one: not before it is known that more follows.
    if (filled_ == kBlock) compress(false);
    const auto taken = std::min(kBlock - filled_, bytes.size());
    std::memcpy(block_.data() + filled_, bytes.data(), taken);
    filled_ += taken;
    bytes.remove_prefix(taken);
  }
}

void ContentDigest::add_text(std::string_view text) noexcept {
  std::array<char, 8> size;
  for (unsigned byte = 0; byte < size.size(); ++byte)
    size[byte] = static_cast<char>((std::uint64_t{text.size()} >> (8 * byte)) & 0xff);
  add({size.data(), size.size()});
  add(text);
}

void ContentDigest::compress(bool is_last) noexcept {
  std::fill(block_.begin() + static_cast<std::ptrdiff_t>(filled_), block_.end(),
            static_cast<unsigned char>(0));
  compressed_ += filled_;
  filled_ = 0;
  Words message;
  static_assert(std::endian::native == std::endian::little);
  std::memcpy(message.data(), block_.data(), kBlock);
  Words v;
  std::copy(state_.begin(), state_.end(), v.begin());
  std::copy(kStart.begin(), kStart.end(), v.begin() + 8);
  v[12] ^= compressed_;
  if (is_last) v[14] = ~v[14];
  mix_all(v, message);
  for (std::size_t word = 0; word < state_.size(); ++word) state_[word] ^= v[word] ^ v[word + 8];
}

std::string ContentDigest::hexadecimal() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  compress(true);
  std::string text;
  for (std::size_t byte = 0; byte < kDigestBytes; ++byte) {
    const auto value = (state_[byte / 8] >> (8 * (byte % 8))) & 0xff;
    text += kDigits[value >> 4U];
    text += kDigits[value & 15U];
  }
  return text;
}

}  // namespace toolpost::project_index
