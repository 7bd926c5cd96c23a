// SPDX-License-Identifier: Apache-2.0
// The part of App that has to do with metrics.
#include "app.hpp"

namespace toolpost {

Result<> App::serve_metrics() {
  if (!config_.metrics.enabled) return {};
  metrics_ = std::make_unique<MetricsService>(
      io_, config_.metrics, *admission_, [this] { return metrics_page(metric_sources()); }, log_);
  return metrics_->listen();
}

MetricSources App::metric_sources() {
  MetricSources sources{.dispatcher = dispatcher_,
                        .registry = registry_,
                        .access = access_,
                        .authenticator = authenticator_,
                        .admission = admission_.get(),
                        .http = http_.get(),
                        .http_options = &http_options_,
                        .endpoint = endpoint_.get(),
                        .journal = audit_ ? &audit_->journal() : nullptr,
                        .policy = policy_.get(),
                        .redis = redis_.get(),
                        .reloads = &reloads_.counts(),
                        .memory = &memory_.source()};
  for (const auto& [id, plugin] : config_.plugins) {
    if (plugin.enabled) sources.plugins.emplace(id, false);
  }
  for (const plugin::Instance* instance : plugins_.running_instances()) {
    sources.plugins[instance->id()] = true;
  }
  return sources;
}

}  // namespace toolpost
