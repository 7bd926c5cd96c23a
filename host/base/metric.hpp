// SPDX-License-Identifier: Apache-2.0
// Numbers that are counted while the server works, and read when somebody looks. Adding takes
// neither a lock nor memory nor a system call, on any thread; reading sees each number by itself,
// so that two of them may be a moment apart.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace toolpost {

class Counter {
 public:
  void add(std::uint64_t count = 1) noexcept { count_.fetch_add(count, std::memory_order_relaxed); }

  std::uint64_t value() const noexcept { return count_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> count_ = 0;
};

// What comes and goes.
class Gauge {
 public:
  void add(std::int64_t count) noexcept { count_.fetch_add(count, std::memory_order_relaxed); }

  std::int64_t value() const noexcept { return count_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> count_ = 0;
};

// How long things took: from a tenth of a millisecond, which a small tool takes, to five minutes.
inline constexpr std::array<std::chrono::microseconds, 16> kDurationBounds = {
    std::chrono::microseconds{100},        std::chrono::microseconds{500},
    std::chrono::microseconds{1'000},      std::chrono::microseconds{5'000},
    std::chrono::microseconds{10'000},     std::chrono::microseconds{50'000},
    std::chrono::microseconds{100'000},    std::chrono::microseconds{250'000},
    std::chrono::microseconds{500'000},    std::chrono::microseconds{1'000'000},
    std::chrono::microseconds{2'500'000},  std::chrono::microseconds{5'000'000},
    std::chrono::microseconds{10'000'000}, std::chrono::microseconds{30'000'000},
    std::chrono::microseconds{60'000'000}, std::chrono::microseconds{300'000'000},
};

// One reading of a histogram.
struct Durations {
  // By the bound that is not exceeded, the last by none; not cumulative.
  std::array<std::uint64_t, kDurationBounds.size() + 1> counts{};
  std::chrono::nanoseconds sum{0};

  Durations& operator+=(const Durations& other) noexcept {
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
    sum += other.sum;
    return *this;
  }
};

class DurationHistogram {
 public:
  void observe(std::chrono::nanoseconds duration) noexcept {
    std::size_t place = 0;
    while (place < kDurationBounds.size() && duration > kDurationBounds[place]) ++place;
    counts_[place].add();
    sum_ns_.fetch_add(duration.count(), std::memory_order_relaxed);
  }

  Durations read() const noexcept {
    Durations durations;
    for (std::size_t i = 0; i < counts_.size(); ++i) durations.counts[i] = counts_[i].value();
    durations.sum = std::chrono::nanoseconds{sum_ns_.load(std::memory_order_relaxed)};
    return durations;
  }

 private:
  std::array<Counter, kDurationBounds.size() + 1> counts_{};
  std::atomic<std::int64_t> sum_ns_ = 0;
};

}  // namespace toolpost
