// SPDX-License-Identifier: Apache-2.0
#include "ops/doctor.hpp"

#include "cli/commands.hpp"
#include "cli/doctor_audit.hpp"
#include "cli/doctor_redis.hpp"
#include "identity/user_store.hpp"
#include "json/parser.hpp"
#include "plugin/loader/discovery.hpp"
#include "plugin/loader/inspect.hpp"
#include "policy_service.hpp"

#include <cstdio>
#include <cstdlib>

namespace toolpost::cli {
namespace {

using ops::Finding;

constexpr std::string_view kUvPackage = "io.toolpost.uv-package";

std::string not_pinned(const plugin::Manifest& manifest) {
  std::string text = manifest.id;
  text.append(" ").append(manifest.version).append(" (not pinned; `toolpost plugin pin ");
  return text.append(manifest.id).append("` prints its hash)");
}

void check_plugins(const config::Config& config, std::vector<Finding>& findings) {
  const plugin::Discovery discovery = plugin::discover(config.plugin_directories);
  for (const plugin::DiscoveryProblem& problem : discovery.problems) {
    findings.push_back(
        {Finding::State::kFault, "plugin.manifest", problem.path + ": " + problem.error.message()});
  }
  for (const auto& [id, settings] : config.plugins) {
    if (!settings.enabled) continue;
    const plugin::Manifest* manifest = discovery.find(id);
    if (manifest == nullptr) {
      findings.push_back({Finding::State::kFault, "plugin.found",
                          id + " is enabled, but in none of the plugin directories"});
      continue;
    }
    if (const auto checked = check_plugin(config, id, discovery); !checked) {
      for (const std::string& line : checked.error().lines()) {
        findings.push_back({Finding::State::kFault, "plugin.config", line});
      }
    }
    const auto pin = plugin::pin(*manifest);
    if (!pin) {
      findings.push_back({Finding::State::kFault, "plugin.trust", pin.error().message()});
    } else if (settings.sha256.empty()) {
      findings.push_back({Finding::State::kOk, "plugin.trust", not_pinned(*manifest)});
    } else {
      const bool same = pin->sha256 == settings.sha256;
      findings.push_back({same ? Finding::State::kOk : Finding::State::kFault, "plugin.trust",
                          id + (same ? " is the pinned one" : " is not the pinned one")});
    }
  }
}

void check_package_policy(const config::Config& config, std::vector<Finding>& findings) {
  const auto policy = load_package_policy(config);
  if (policy) {
    findings.push_back({Finding::State::kOk, "policy.packages",
                        policy->is_configured() ? "rules about packages hold"
                                                : "no rules; every package may be used"});
    return;
  }
  for (const std::string& line : policy.error().lines()) {
    findings.push_back({Finding::State::kFault, "policy.packages", line});
  }
}

void check_uv(const config::Config& config, std::vector<Finding>& findings) {
  const auto settings = config.plugins.find(kUvPackage);
  if (settings == config.plugins.end() || !settings->second.enabled) return;
  std::string path;
  if (const auto document = json::parse(settings->second.config.json)) {
    if (const json::Value* uv = document->root().find_string("uv")) path = uv->as_string();
  }
  // Where the plugin itself looks.
  const char* variable = std::getenv("PATH");
  std::string search_path = variable == nullptr ? "" : variable;
  search_path += ":/usr/local/bin:/usr/bin:/opt/uv/bin";
  findings.push_back(ops::check_uv(path, search_path));
}

void check_users(const config::Config& config, std::vector<Finding>& findings) {
  if (!config.auth.users) return;
  const auto table = identity::UserStore{config.auth.users_file, {}}.read();
  if (!table) {
    findings.push_back({Finding::State::kFault, "users.file", table.error().message()});
  } else if (!(*table)->has_usable_admin(identity::unix_now())) {
    findings.push_back({Finding::State::kWarning, "users.file",
                        config.auth.users_file +
                            " has no admin who could come in; see toolpost create-admin --help and "
                            "toolpost users recover --help"});
  } else {
    findings.push_back({Finding::State::kOk, "users.file",
                        config.auth.users_file + ", users: " + std::to_string((*table)->size())});
  }
}

const char* word(Finding::State state) {
  switch (state) {
    case Finding::State::kOk:
      return "ok     ";
    case Finding::State::kWarning:
      return "warning";
    case Finding::State::kFault:
      return "FAULT  ";
  }
  return "";
}

}  // namespace

int doctor(const config::Config& config) {
  std::vector<Finding> findings;
  findings.push_back({Finding::State::kOk, "config.file",
                      config.file.empty() ? "none; the built-in defaults hold" : config.file});
  findings.push_back(ops::check_directory("project.root", config.project_root, true));
  for (const std::string& directory : config.plugin_directories) {
    findings.push_back(ops::check_directory("plugin.directory", directory, false));
  }
  check_plugins(config, findings);
  check_package_policy(config, findings);
  check_uv(config, findings);
  check_users(config, findings);
  check_audit(config, findings);
  check_redis(config, findings);
  bool faults = false;
  for (const Finding& finding : findings) {
    std::printf("%s  %-18s %s\n", word(finding.state), finding.id.c_str(), finding.text.c_str());
    faults = faults || finding.state == Finding::State::kFault;
  }
  return faults ? config::kExitFailure : EXIT_SUCCESS;
}

}  // namespace toolpost::cli
