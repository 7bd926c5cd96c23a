// SPDX-License-Identifier: Apache-2.0
// plugin list and plugin pin: manifests and hashes only, no plugin code runs.
#include "cli/commands.hpp"
#include "plugin/loader/discovery.hpp"
#include "plugin/loader/inspect.hpp"

#include <cstdio>
#include <cstdlib>

namespace toolpost::cli {

namespace {

// What the operator's configuration and the file's hash make of a plugin.
std::string state_of(const plugin::Manifest& manifest, const config::Plugin& settings,
                     bool& fault) {
  const auto pin = plugin::pin(manifest);
  if (!pin) {
    fault = true;
    return "refused: " + pin.error().message();
  }
  if (settings.sha256.empty()) return "enabled";
  if (settings.sha256 == pin->sha256) return "enabled, pinned";
  fault = true;
  return "refused: not the pinned library";
}

}  // namespace

int plugin_list(const config::Config& config) {
  const plugin::Discovery discovery = plugin::discover(config.plugin_directories);
  bool fault = !discovery.problems.empty();
  std::vector<plugin::ListedPlugin> listed;
  for (const plugin::Manifest& manifest : discovery.manifests) {
    const auto settings = config.plugins.find(manifest.id);
    const bool enabled = settings != config.plugins.end() && settings->second.enabled;
    listed.push_back({manifest.id, manifest.version, manifest.file,
                      enabled ? state_of(manifest, settings->second, fault) : "known"});
  }
  for (const auto& [id, settings] : config.plugins) {
    if (!settings.enabled || discovery.find(id) != nullptr) continue;
    fault = true;
    listed.push_back({id, "-", "-", "enabled, but not found"});
  }
  for (const plugin::DiscoveryProblem& problem : discovery.problems) {
    listed.push_back({problem.id.empty() ? "-" : problem.id, "-", problem.path,
                      "refused: " + problem.error.message()});
  }
  std::fputs(plugin::list_text(listed).c_str(), stdout);
  return fault ? config::kExitFailure : EXIT_SUCCESS;
}

int plugin_pin(const config::Config& config, const std::vector<std::string>& ids) {
  const plugin::Discovery discovery = plugin::discover(config.plugin_directories);
  int exit_code = EXIT_SUCCESS;
  for (const std::string& id : ids) {
    const plugin::Manifest* manifest = discovery.find(id);
    if (manifest == nullptr) {
      complain("plugin " + id + ": no manifest with this id in the plugin directories");
      exit_code = config::kExitFailure;
      continue;
    }
    const auto pin = plugin::pin(*manifest);
    if (!pin) {
      complain("plugin " + id + ": " + pin.error().message());
      exit_code = config::kExitFailure;
      continue;
    }
    std::printf("%s\n", plugin::pin_json(*pin).c_str());
  }
  return exit_code;
}

}  // namespace toolpost::cli
