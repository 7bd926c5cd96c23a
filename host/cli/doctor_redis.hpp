// SPDX-License-Identifier: Apache-2.0
// What doctor looks at of the Redis that replicas share: whether it answers, how fast, and who
// could listen.
#pragma once

#include "config/config.hpp"
#include "ops/doctor.hpp"

#include <vector>

namespace toolpost::cli {

void check_redis(const config::Config& config, std::vector<ops::Finding>& findings);

}  // namespace toolpost::cli
