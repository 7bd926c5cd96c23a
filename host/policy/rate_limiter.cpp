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
    if (told_) remember(key);
    return milliseconds{0};
  }
  const double missing_s =
      (1 - tokens) * kSecondsPerMinute / static_cast<double>(limit_.per_minute);
  return milliseconds{std::max<std::int64_t>(1, std::llround(std::ceil(missing_s * 1000)))};
}

void RateLimiter::remember(std::string_view key) {
  const bool is_first = spent_.empty();
  if (const auto place = spent_.find(key); place != spent_.end()) {
    place->second += 1;
  } else if (spent_.size() < kMaxBuckets) {
    spent_.emplace(key, 1);
  }
  if (is_first) told_();
}

std::vector<RateLimiter::Spent> RateLimiter::take_spent(std::size_t at_most) {
  std::vector<Spent> out;
  out.reserve(std::min(at_most, spent_.size()));
  while (out.size() < at_most && !spent_.empty()) {
    auto taken = spent_.extract(spent_.begin());
    out.push_back({std::move(taken.key()), taken.mapped()});
  }
  return out;
}

void RateLimiter::settle(std::string_view key, double left, Time now) {
  const auto place = buckets_.find(key);
  if (place == buckets_.end()) return;
  if (const auto since = spent_.find(key); since != spent_.end()) left -= since->second;
  place->second = {std::min(tokens_at(place->second, now), left), now};
}

// When even that leaves no room, everybody starts anew: memory is bounded before rates are exact.
void RateLimiter::forget_full(Time now) {
  std::erase_if(buckets_, [&](const auto& entry) {
    return tokens_at(entry.second, now) >= static_cast<double>(limit_.burst);
  });
  if (buckets_.size() >= kMaxBuckets) buckets_.clear();
}

}  // namespace toolpost::policy
