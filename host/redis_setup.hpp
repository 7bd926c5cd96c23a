// SPDX-License-Identifier: Apache-2.0
// From the configuration to what the client of a Redis is told.
#pragma once

#include "config/config.hpp"
#include "identity/seal_keys.hpp"
#include "store/redis.hpp"

#include <optional>

namespace toolpost {

// Nothing where no Redis is configured. An error names the key.
Result<std::optional<store::RedisOptions>> redis_options(const config::Config& config);

// What seals sessions and states, and what is kept in the Redis.
Result<identity::SealKeys> seal_keys(const config::Config& config);

}  // namespace toolpost
