// SPDX-License-Identifier: Apache-2.0
// What /metrics tells: gathered from all rooms at the moment somebody asks. config/metrics.md lists
// every metric, and the test metrics.reference holds it to this.
#pragma once

#include "audit/journal.hpp"
#include "call/dispatcher.hpp"
#include "identity/authenticator.hpp"
#include "ops/exposition.hpp"
#include "ops/memory.hpp"
#include "policy_service.hpp"
#include "registry/registry.hpp"
#include "reload_queue.hpp"
#include "store/redis.hpp"
#include "transport/admission.hpp"
#include "transport/http_server.hpp"
#include "transport/mcp_endpoint.hpp"

#include <map>
#include <string>

namespace toolpost {

// Borrowed; null: there is no such part in this process.
struct MetricSources {
  call::Dispatcher& dispatcher;
  const registry::Registry& registry;
  const call::Access& access;
  const identity::Authenticator& authenticator;
  const transport::Admission* admission = nullptr;
  const transport::HttpServer* http = nullptr;
  const transport::HttpOptions* http_options = nullptr;
  const transport::McpEndpoint* endpoint = nullptr;
  const audit::Journal* journal = nullptr;
  const PolicyService* policy = nullptr;
  const store::Redis* redis = nullptr;
  const ReloadCounts* reloads = nullptr;
  const ops::MemorySource* memory = nullptr;
  // The enabled plugins, and whether each runs.
  std::map<std::string, bool> plugins{};
};

// On the I/O thread; waits for nothing but /proc.
std::string metrics_page(const MetricSources& sources);

// The parts of it that are many lines.
void write_call_metrics(ops::Exposition& out, const MetricSources& sources);
void write_load_metrics(ops::Exposition& out, const MetricSources& sources);
void write_plugin_metrics(ops::Exposition& out, const MetricSources& sources);
void write_access_metrics(ops::Exposition& out, const MetricSources& sources);
void write_http_metrics(ops::Exposition& out, const MetricSources& sources);

}  // namespace toolpost
