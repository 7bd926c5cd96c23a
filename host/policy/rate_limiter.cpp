// SPDX-License-Identifier: Apache-2.0
#include "policy/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace toolpost::policy {
namespace {

constexpr double kSecondsPerMinute = 60;

}  // namespace

double RateLimiter::tokens_at(const Bucket& bucket, Time now) const {
  const double seconds = std::chrono::duration<double>(now - bucket.filled).count();
  const double refill = seconds * static_cast<double>(limit_.per_minute) / kSecondsPerMinute;
  return std::min(static_cast<double>(limit_.burst), bucket.tokens + refill);
}

std::chrono::milliseconds RateLimiter::take(std::string_view key, Time now) {
  using std::chrono::milliseconds;
  if (limit_.per_minute == 0) return milliseconds{0};
  auto place = buckets_.find(key);
  if (place == buckets_.end()) {
    if (buckets_.size() >= kMaxBuckets) forget_full(now);
    place = buckets_.emplace(key, Bucket{static_cast<double>(limit_.burst), now}).first;
  }
  Bucket& bucket = place->second;
  const double tokens = tokens_at(bucket, now);
  if (tokens >= 1) {
    bucket = {tokens - 1, now};
    return milliseconds{0};
  }
  const double missing_s =
      (1 - tokens) * kSecondsPerMinute / static_cast<double>(limit_.per_minute);
  return milliseconds{std::max<std::int64_t>(1, std::llround(std::ceil(missing_s * 1000)))};
}

// When even that leaves no room, everybody starts anew: memory is bounded before rates are exact.
void RateLimiter::forget_full(Time now) {
  std::erase_if(buckets_, [&](const auto& entry) {
    return tokens_at(entry.second, now) >= static_cast<double>(limit_.burst);
  });
  if (buckets_.size() >= kMaxBuckets) buckets_.clear();
}

}  // namespace toolpost::policy
