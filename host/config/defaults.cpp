// SPDX-License-Identifier: Apache-2.0
#include "config/config.hpp"

namespace toolpost::config {
namespace {

struct Bundled {
  const char* id;
  const char* grant;
};

constexpr Bundled kBundled[] = {{"io.toolpost.project-index", "toolpost.policy/1"},
                                {"io.toolpost.uv-package", "toolpost.policy/1"},
                                {"io.toolpost.user-admin", "toolpost.users/1"}};

}  // namespace

Config defaults() {
  Config config;
  for (const Bundled& bundled : kBundled) {
    Plugin& plugin = config.plugins[bundled.id];
    plugin.enabled = true;
    plugin.trusted = true;
    plugin.grants = {bundled.grant};
  }
  // The guide's regular user: reads, and changes nothing.
  config.roles["user"] = {.tools = {}, .resources = {"*"}, .prompts = {"*"}, .projects = {}};
  return config;
}

}  // namespace toolpost::config
