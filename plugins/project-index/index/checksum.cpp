// SPDX-License-Identifier: Apache-2.0
#include "index/checksum.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace toolpost::project_index {
namespace {

constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15;
constexpr std::uint64_t kSpread = 0xc2b2ae3d27d4eb4f;

std::uint64_t stirred(std::uint64_t state, std::uint64_t word) noexcept {
  return std::rotl(state + word * kSpread, 31) * kMix;
}

}  // namespace

std::uint64_t checksum(std::string_view bytes) noexcept {
  constexpr std::size_t kLanes = 4;
  constexpr std::size_t kStep = kLanes * sizeof(std::uint64_t);
  std::array<std::uint64_t, kLanes> lanes{1, 2, 3, 4};
  std::size_t at = 0;
  for (; at + kStep <= bytes.size(); at += kStep) {
    std::array<std::uint64_t, kLanes> words;
    std::memcpy(words.data(), bytes.data() + at, kStep);
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      lanes[lane] = stirred(lanes[lane], words[lane]);
  }
  std::uint64_t sum = bytes.size();
  for (const auto lane : lanes) sum = stirred(sum, lane);
  for (; at < bytes.size(); ++at) sum = stirred(sum, static_cast<unsigned char>(bytes[at]));
  sum ^= sum >> 33;
  sum *= kSpread;
  return sum ^ (sum >> 29);
}

}  // namespace toolpost::project_index
