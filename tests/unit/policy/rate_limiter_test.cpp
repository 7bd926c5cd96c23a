// SPDX-License-Identifier: Apache-2.0
#include "policy/rate_limiter.hpp"

#include <doctest/doctest.h>

using namespace toolpost::policy;
using namespace std::chrono_literals;

namespace {

const RateLimiter::Time kStart{1h};

}  // namespace

TEST_CASE("rate: a burst, then the rate, each key by itself") {
  RateLimiter limiter{{.per_minute = 60, .burst = 3}};
  for (int i = 0; i < 3; ++i) CHECK(limiter.take("a", kStart) == 0ms);
  CHECK(limiter.take("a", kStart) == 1000ms);
  CHECK(limiter.take("b", kStart) == 0ms);
  CHECK(limiter.take("a", kStart + 900ms) > 0ms);
  CHECK(limiter.take("a", kStart + 900ms) <= 101ms);  // rounded up, never down
  CHECK(limiter.take("a", kStart + 1000ms) == 0ms);
  CHECK(limiter.take("a", kStart + 1000ms) == 1000ms);
}

TEST_CASE("rate: what is refused costs nothing, and a long rest fills the burst and no more") {
  RateLimiter limiter{{.per_minute = 60, .burst = 2}};
  limiter.take("a", kStart);
  limiter.take("a", kStart);
  for (int i = 0; i < 100; ++i) CHECK(limiter.take("a", kStart) == 1000ms);
  CHECK(limiter.take("a", kStart + 1s) == 0ms);
  for (int i = 0; i < 2; ++i) CHECK(limiter.take("a", kStart + 1h) == 0ms);
  CHECK(limiter.take("a", kStart + 1h) == 1000ms);
}

TEST_CASE("rate: zero sets no limit and keeps nothing") {
  RateLimiter limiter{{.per_minute = 0, .burst = 1}};
  for (int i = 0; i < 100; ++i) CHECK(limiter.take("a", kStart) == 0ms);
  CHECK(limiter.size() == 0);
}

TEST_CASE("rate: the number of buckets is bounded, and buckets in use are the last to go") {
  RateLimiter limiter{{.per_minute = 60, .burst = 1}};
  for (std::size_t i = 0; i < RateLimiter::kMaxBuckets; ++i) {
    limiter.take(std::to_string(i), kStart);
  }
  CHECK(limiter.size() == RateLimiter::kMaxBuckets);
  limiter.take("late", kStart + 1ms);
  CHECK(limiter.size() <= RateLimiter::kMaxBuckets);
  const auto later = kStart + 10s;  // everything but this one is full again
  limiter.take("busy", later);
  for (std::size_t i = 0; i < RateLimiter::kMaxBuckets; ++i) {
    limiter.take(std::to_string(i), later);
    CHECK(limiter.size() <= RateLimiter::kMaxBuckets);
  }
}

TEST_CASE("rate: what is taken is told of once, and what is refused is not") {
  RateLimiter limiter{{.per_minute = 60, .burst = 2}};
  limiter.take("before", kStart);
  int told = 0;
  limiter.on_spent([&] { ++told; });
  CHECK_FALSE(limiter.has_spent());
  for (int i = 0; i < 5; ++i) limiter.take("a", kStart);
  limiter.take("b", kStart);
  CHECK(told == 1);
  CHECK(limiter.has_spent());
  const auto one = limiter.take_spent(1);
  REQUIRE(one.size() == 1);
  const auto other = limiter.take_spent(10);
  REQUIRE(other.size() == 1);
  CHECK(one[0].key != other[0].key);
  CHECK((one[0].key == "a" ? one : other)[0].tokens == 2);
  CHECK((one[0].key == "b" ? one : other)[0].tokens == 1);
  CHECK_FALSE(limiter.has_spent());
  limiter.take("b", kStart);
  CHECK(told == 2);
}

TEST_CASE("rate: what others have taken lowers what is left, below zero even") {
  RateLimiter limiter{{.per_minute = 60, .burst = 5}};
  limiter.on_spent([] {});
  limiter.take("a", kStart);
  limiter.take_spent(10);
  limiter.settle("a", 1, kStart);
  CHECK(limiter.take("a", kStart) == 0ms);
  CHECK(limiter.take("a", kStart) == 1000ms);
  limiter.take_spent(10);
  limiter.settle("a", -2, kStart);
  CHECK(limiter.take("a", kStart) == 3000ms);
  CHECK(limiter.take("a", kStart + 2999ms) > 0ms);
  CHECK(limiter.take("a", kStart + 3s) == 0ms);
}

TEST_CASE("rate: what others say never raises what is left, and unknown keys stay unknown") {
  RateLimiter limiter{{.per_minute = 60, .burst = 2}};
  limiter.on_spent([] {});
  limiter.take("a", kStart);
  limiter.take("a", kStart);
  limiter.take_spent(10);
  limiter.settle("a", 1e9, kStart);
  CHECK(limiter.take("a", kStart) == 1000ms);
  limiter.settle("b", -5, kStart);
  CHECK(limiter.size() == 1);
  CHECK(limiter.take("b", kStart) == 0ms);
}

TEST_CASE("rate: what was taken since it was told of is taken off what others say") {
  RateLimiter limiter{{.per_minute = 60, .burst = 5}};
  limiter.on_spent([] {});
  limiter.take("a", kStart);
  limiter.take_spent(10);
  limiter.take("a", kStart);
  limiter.take("a", kStart);
  limiter.settle("a", 3, kStart);  // as it was before the last two
  CHECK(limiter.take("a", kStart) == 0ms);
  CHECK(limiter.take("a", kStart) == 1000ms);
}
