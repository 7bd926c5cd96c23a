// SPDX-License-Identifier: Apache-2.0
#include "config/config.hpp"

namespace toolpost::config {
namespace {

constexpr const char* kBundled[] = {"io.toolpost.uv-package"};

}  // namespace

Config defaults() {
  Config config;
  for (const char* id : kBundled) {
    Plugin& plugin = config.plugins[id];
    plugin.enabled = true;
  }
  return config;
}

}  // namespace toolpost::config
