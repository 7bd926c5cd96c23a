// SPDX-License-Identifier: Apache-2.0
// Token buckets by key: so many at once, then at a steady rate. The number of buckets is bounded;
// a full bucket that is forgotten makes no difference to anybody.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace toolpost::policy {

struct RateLimit {
  std::size_t per_minute = 0;  // 0: no limit
  std::size_t burst = 1;       // at once; at least 1
};

// Belongs to one thread. Time comes in as a parameter and must not run backwards.
class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kMaxBuckets = 100'000;

  explicit RateLimiter(RateLimit limit) : limit_(limit) {}

  // Zero: taken. Otherwise nothing is taken and this is how long until the next one.
  std::chrono::milliseconds take(std::string_view key, Time now);

  std::size_t size() const noexcept { return buckets_.size(); }

 private:
  struct Bucket {
    double tokens = 0;
    Time filled{};
  };

  struct Hash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  double tokens_at(const Bucket& bucket, Time now) const;
  void forget_full(Time now);

  RateLimit limit_;
  std::unordered_map<std::string, Bucket, Hash, std::equal_to<>> buckets_;
};

}  // namespace toolpost::policy
