// SPDX-License-Identifier: Apache-2.0
#include "config/live_keys.hpp"

#include <algorithm>

namespace toolpost::config {
namespace {

// A section with all that is in it ends with a dot.
constexpr std::string_view kLive[] = {
    "backup.",
    "incident_plan_file",
    "calls.",
    "http.shutdown_grace_ms",
    "load.",
    "log.",
    "plugin_directories",
    "plugins.",
    "policy.",
    "project_root",
    "rate.",
    "roles.",
    "server.",
    "workspace_root",
};

}  // namespace

bool is_live(std::string_view key) {
  return std::any_of(std::begin(kLive), std::end(kLive), [&](std::string_view live) {
    if (live.ends_with('.')) return key.starts_with(live) || key == live.substr(0, live.size() - 1);
    return key == live;
  });
}

}  // namespace toolpost::config
