// SPDX-License-Identifier: Apache-2.0
#include "redis_setup.hpp"

namespace toolpost {
namespace {

// What every error about a key begins with.
std::string place_of(const config::Config& config, const std::string& key) {
  const auto origin = config.origins.find(key);
  return origin == config.origins.end() ? key : origin->second + ": " + key;
}

}  // namespace

Result<std::optional<store::RedisOptions>> redis_options(const config::Config& config) {
  const config::Redis& redis = config.redis;
  if (redis.url.empty()) return std::optional<store::RedisOptions>{};
  auto address = store::read_redis_url(redis.url);
  if (!address) return std::move(address).error().in(place_of(config, "redis.url"));
  if (!redis.username.empty() && redis.password.empty()) {
    return invalid(place_of(config, "redis.username") +
                   ": a user without a password; see redis.password_file, MCP_REDIS_PASSWORD");
  }
  store::RedisOptions options;
  options.login = {
      .username = redis.username, .password = redis.password, .database = address->database};
  options.address = std::move(*address);
  options.deadline = std::chrono::milliseconds{static_cast<std::int64_t>(redis.deadline_ms)};
  options.connections = redis.connections;
  return std::optional{std::move(options)};
}

Result<identity::SealKeys> seal_keys(const config::Config& config) {
  auto keys = config.seal_key_file.empty() ? identity::SealKeys::make_passing()
                                           : identity::SealKeys::load_or_make(config.seal_key_file);
  if (!keys) return std::move(keys).error().in("seal_key_file");
  return keys;
}

}  // namespace toolpost
