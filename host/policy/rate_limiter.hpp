// SPDX-License-Identifier: Apache-2.0
// Token buckets by key: so many at once, then at a steady rate. The number of buckets is bounded;
// a full bucket that is forgotten makes no difference to anybody.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

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

  const RateLimit& limit() const noexcept { return limit_; }

  // What is left in each bucket stays, as far as the new burst lets it.
  void set_limit(RateLimit limit) noexcept { limit_ = limit; }

  // For whoever shares the rates with other processes: from now on what is taken is remembered, and
  // `told` runs when there is some where there was none.
  void on_spent(std::function<void()> told) { told_ = std::move(told); }

  bool has_spent() const noexcept { return !spent_.empty(); }

  struct Spent {
    std::string key;
    double tokens;
  };

  // What was taken since the last time, of so many buckets at most. It is forgotten here.
  std::vector<Spent> take_spent(std::size_t at_most);

  // All processes together have so much left in this bucket, without what was taken here since
  // take_spent(). Lowers what is left here, below zero even; never raises it.
  void settle(std::string_view key, double left, Time now);

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
  void remember(std::string_view key);

  RateLimit limit_;
  std::unordered_map<std::string, Bucket, Hash, std::equal_to<>> buckets_;
  std::unordered_map<std::string, double, Hash, std::equal_to<>> spent_;
  std::function<void()> told_;  // empty: nobody wants to know
};

}  // namespace toolpost::policy
