// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_redis.hpp"

#include "redis_setup.hpp"

#include <algorithm>

namespace toolpost::cli {
namespace {

using ops::Finding;

// Not answering is no fault: everything works without it, only slower and each replica for itself.
Finding check_answer(const store::RedisOptions& options) {
  const std::string address = options.address.text();
  const auto time = store::ping(options);
  if (time) {
    return {Finding::State::kOk, "redis.server",
            address + " answers within " + std::to_string(time->count()) + " us"};
  }
  const bool is_refused = time.error().code() == Errc::kDenied;
  std::string text = address + " " + (is_refused ? "refuses us: " : "does not answer: ");
  text += time.error().message();
  if (is_refused) {
    return ops::fault("redis.server", text,
                      "see redis.username, redis.password_file and MCP_REDIS_PASSWORD");
  }
  return {Finding::State::kWarning, "redis.server", text, "start it, or mend redis.url"};
}

}  // namespace

void check_redis(const config::Config& config, std::vector<Finding>& findings) {
  const auto options = redis_options(config);
  if (!options) {
    findings.push_back(ops::fault("redis.url", options.error().message(),
                                  "give redis.url as redis://HOST:PORT/DATABASE"));
    return;
  }
  if (!*options) return;
  findings.push_back(check_answer(**options));
  const auto endpoints = store::resolve((*options)->address);
  const bool leaves = endpoints && std::any_of(endpoints->begin(), endpoints->end(),
                                               [](const auto& at) { return !at.is_loopback(); });
  if (leaves) {
    findings.push_back({Finding::State::kWarning, "redis.network",
                        "the connection to Redis has no TLS and leaves this machine: whoever is on "
                        "the way reads its password; a stunnel or a private network prevents it"});
  }
  if (config.seal_key_file.empty()) {
    findings.push_back({Finding::State::kWarning, "redis.seal",
                        "seal_key_file has no place, so each process has a key of its own and "
                        "shares nothing through Redis"});
  }
}

}  // namespace toolpost::cli
