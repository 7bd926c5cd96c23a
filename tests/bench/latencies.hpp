// SPDX-License-Identifier: Apache-2.0
// Latencies in buckets of at most 1.6 % width, so that millions of them cost no memory.
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bench {

class Latencies {
 public:
  void add(std::chrono::nanoseconds latency) {
    ++buckets_[index_of(static_cast<std::uint64_t>(latency.count()))];
    ++count_;
  }

  std::size_t count() const { return count_; }

  double quantile_us(double share) const {
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(count_));
    std::size_t seen = 0;
    for (std::size_t index = 0; index < buckets_.size(); ++index) {
      seen += buckets_[index];
      if (seen > rank)
        return static_cast<double>(lower_bound_of(index)) / kNanosecondsPerMicrosecond;
    }
    return 0;
  }

 private:
  static constexpr unsigned kBits = 6;  // 64 buckets for each power of two
  static constexpr std::uint64_t kPerPower = std::uint64_t{1} << kBits;
  static constexpr double kNanosecondsPerMicrosecond = 1000;

  // Below 64 ns exact; above, the position of the top bit and the six bits after it.
  static std::size_t index_of(std::uint64_t value) {
    if (value < kPerPower) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - kBits - 1;
    return (shift + 1) * kPerPower + ((value >> shift) - kPerPower);
  }

  static std::uint64_t lower_bound_of(std::size_t index) {
    if (index < kPerPower) return index;
    const std::uint64_t shift = index / kPerPower - 1;
    return (index % kPerPower + kPerPower) << shift;
  }

  std::array<std::size_t, (64 - kBits + 1) * kPerPower> buckets_{};
  std::size_t count_ = 0;
};

}  // namespace bench
