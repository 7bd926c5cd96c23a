// SPDX-License-Identifier: Apache-2.0
#include "base/metric.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <thread>
#include <vector>

using namespace toolpost;
using std::chrono::microseconds;

TEST_CASE("metric: a duration counts in the first bound that it does not exceed") {
  DurationHistogram histogram;
  histogram.observe(microseconds{0});
  histogram.observe(microseconds{100});
  histogram.observe(microseconds{100} + std::chrono::nanoseconds{1});
  histogram.observe(std::chrono::minutes{5});
  histogram.observe(std::chrono::hours{1});
  const Durations read = histogram.read();
  CHECK(read.counts.front() == 2);
  CHECK(read.counts[1] == 1);
  CHECK(read.counts[kDurationBounds.size() - 1] == 1);
  CHECK(read.counts.back() == 1);
  CHECK(read.sum == std::chrono::hours{1} + std::chrono::minutes{5} + microseconds{200} +
                        std::chrono::nanoseconds{1});
}

TEST_CASE("metric: readings of several histograms add up") {
  DurationHistogram one;
  DurationHistogram other;
  one.observe(microseconds{50});
  other.observe(microseconds{60});
  other.observe(std::chrono::hours{1});
  Durations sum = one.read();
  sum += other.read();
  CHECK(sum.counts.front() == 2);
  CHECK(sum.counts.back() == 1);
  CHECK(sum.sum == std::chrono::hours{1} + microseconds{110});
}

TEST_CASE("metric: nothing is lost when several threads count") {
  constexpr int kThreads = 4;
  constexpr int kTimes = 20'000;
  Counter counter;
  Gauge gauge;
  DurationHistogram histogram;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kTimes; ++n) {
        counter.add();
        gauge.add(2);
        gauge.add(-1);
        histogram.observe(microseconds{1});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(counter.value() == kThreads * kTimes);
  CHECK(gauge.value() == kThreads * kTimes);
  CHECK(histogram.read().counts.front() == kThreads * kTimes);
  CHECK(histogram.read().sum == microseconds{kThreads * kTimes});
}
