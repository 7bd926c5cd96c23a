// SPDX-License-Identifier: Apache-2.0
// Token buckets that several servers share: what each has spent is taken off in the Redis, at its
// clock, and what is left comes back. One script does it, so that nobody reads between.
#pragma once

#include "store/store.hpp"

#include <span>
#include <string>
#include <vector>

namespace toolpost::store {

struct BucketUse {
  std::string key;  // of the bucket; the same in all servers
  double spent = 0;
  double per_minute = 1;  // more than 0
  double burst = 1;
};

// No bucket owes more than this. It bounds how long a bucket is empty that somebody has written
// into, and is above what replicas can spend before they hear of each other.
double most_debt(double per_minute, double burst) noexcept;

// For each bucket what is left, from -most_debt() to its burst, in the same order. What stands in
// the Redis and is no bucket is begun anew.
Result<std::vector<double>> take_from_buckets(Store& store, std::span<const BucketUse> uses);

}  // namespace toolpost::store
