// SPDX-License-Identifier: Apache-2.0
#include "ops/doctor.hpp"

#include "cli/commands.hpp"
#include "cli/doctor_audit.hpp"
#include "cli/doctor_identity.hpp"
#include "cli/doctor_network.hpp"
#include "cli/doctor_plugins.hpp"
#include "cli/doctor_redis.hpp"
#include "cli/doctor_storage.hpp"
#include "json/parser.hpp"
#include "json/writer.hpp"
#include "plugin/loader/discovery.hpp"
#include "policy_service.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace toolpost::cli {
namespace {

using ops::Finding;

constexpr std::string_view kUvPackage = "io.toolpost.uv-package";

void check_enabled_plugin(const config::Config& config, const std::string& id,
                          const plugin::Discovery& discovery, std::vector<Finding>& findings) {
  const config::Plugin& settings = config.plugins.at(id);
  const plugin::Manifest* manifest = discovery.find(id);
  if (manifest == nullptr) {
    findings.push_back(ops::fault(
        "plugin.found", id + " is enabled, but in none of the plugin directories",
        "install it into one of them, add its directory to plugin_directories, or set plugins." +
            id + ".enabled to false"));
    return;
  }
  if (const auto checked = check_plugin(config, id, discovery); !checked) {
    for (const std::string& line : checked.error().lines()) {
      findings.push_back(
          ops::fault("plugin.config", line, "mend it there, then: toolpost config check"));
    }
  }
  findings.push_back(check_library(*manifest, settings.sha256));
}

void check_plugins(const config::Config& config, std::vector<Finding>& findings) {
  const plugin::Discovery discovery = plugin::discover(config.plugin_directories);
  for (const plugin::DiscoveryProblem& problem : discovery.problems) {
    findings.push_back(ops::fault("plugin.manifest", problem.path + ": " + problem.error.message(),
                                  "install that plugin anew, or take the file away"));
  }
  for (const auto& [id, settings] : config.plugins) {
    if (settings.enabled) check_enabled_plugin(config, id, discovery, findings);
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
    findings.push_back(
        ops::fault("policy.packages", line, "mend it there; config/packages.md has the rules"));
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

int report(const std::vector<Finding>& findings, bool json) {
  const bool faults = std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.state == Finding::State::kFault;
  });
  std::string text;
  if (json) {
    json::Writer writer{text};
    writer.begin_array();
    for (const Finding& finding : findings) {
      const std::string_view state = word(finding.state);
      writer.begin_object().member("id", std::string_view{finding.id});
      writer.member("state", state.substr(0, state.find(' ')));
      writer.member("text", std::string_view{finding.text});
      if (!finding.remedy.empty()) writer.member("remedy", std::string_view{finding.remedy});
      writer.end_object();
    }
    writer.end_array();
    std::printf("%s\n", text.c_str());
  } else {
    for (const Finding& finding : findings) {
      std::printf("%s  %-18s %s\n", word(finding.state), finding.id.c_str(), finding.text.c_str());
      if (!finding.remedy.empty())
        std::printf("         remedy:            %s\n", finding.remedy.c_str());
    }
  }
  return faults ? config::kExitFailure : EXIT_SUCCESS;
}

}  // namespace

int doctor(const config::Config& config, bool json) {
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
  check_identity(config, findings);
  check_network(config, findings);
  check_storage(config, findings);
  check_audit(config, findings);
  check_redis(config, findings);
  return report(findings, json);
}

int doctor_without_config(const Error& error, bool json) {
  std::vector<Finding> findings;
  for (const std::string& line : error.lines()) {
    findings.push_back(ops::fault("config.read", line,
                                  "mend what is named there; config/README.md has every key and "
                                  "variable, toolpost config check finds all mistakes at once"));
  }
  return report(findings, json);
}

}  // namespace toolpost::cli
