// SPDX-License-Identifier: Apache-2.0
// The part of App that has to do with the Redis that replicas share.
#include "app.hpp"
#include "redis_setup.hpp"

namespace toolpost {

// Does not wait for it: a Redis that is down keeps nobody from starting.
Result<> App::prepare_store() {
  auto options = redis_options(config_);
  if (!options) return options.error();
  if (!*options) return {};
  auto keys = seal_keys(config_);
  if (!keys) return keys.error();
  store_keys_.emplace(std::move(*keys));
  if (config_.seal_key_file.empty()) {
    log_.warn("seal_key_file has no place: what this process keeps in Redis no other can open");
  }
  redis_ = std::make_unique<store::Redis>(std::move(**options), log_);
  kv_ = std::make_unique<KvService>(*redis_, *store_keys_, config_.redis.prefix, log_);
  return {};
}

// Before the first request, and only for what serves more than one.
void App::share_rates() {
  if (!redis_ || !config_.redis.share_rates) return;
  shared_rates_ =
      std::make_unique<SharedRates>(io_, pool_, *redis_, *store_keys_, config_.redis.prefix, log_);
  access_.each_limiter([this](std::string_view name, policy::RateLimiter& limiter) {
    shared_rates_->share(std::string{name}, limiter);
  });
  if (admission_) shared_rates_->share("failures", admission_->failures());
}

}  // namespace toolpost
