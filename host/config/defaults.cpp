// SPDX-License-Identifier: Apache-2.0
#include "config/config.hpp"

#include <string>
#include <utility>
#include <vector>

namespace toolpost::config {
namespace {

struct Bundled {
  const char* id;
  std::vector<std::string> grants;
};

std::vector<Bundled> bundled_plugins() {
  return {{"io.toolpost.project-index", {"toolpost.kv/1", "toolpost.policy/1"}},
          {"io.toolpost.uv-package", {"toolpost.policy/1"}},
          {"io.toolpost.user-admin", {"toolpost.users/1"}}};
}

}  // namespace

Config defaults() {
  Config config;
  for (Bundled& bundled : bundled_plugins()) {
    Plugin& plugin = config.plugins[bundled.id];
    plugin.enabled = true;
    plugin.trusted = true;
    plugin.grants = std::move(bundled.grants);
  }
  // The guide's regular user: reads, and changes nothing.
  config.roles["user"] = {.tools = {}, .resources = {"*"}, .prompts = {"*"}, .projects = {}};
  return config;
}

}  // namespace toolpost::config
