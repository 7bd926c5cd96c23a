// SPDX-License-Identifier: Apache-2.0
// config check: the configuration is read already; here the files that it names are looked at, of
// plugins their manifests and libraries. No plugin code runs.
#include "access_setup.hpp"
#include "app.hpp"
#include "cli/commands.hpp"
#include "cli/doctor_audit.hpp"
#include "cli/doctor_identity.hpp"
#include "cli/doctor_plugins.hpp"
#include "cli/doctor_storage.hpp"
#include "config/exposure.hpp"
#include "http_setup.hpp"
#include "plugin/loader/discovery.hpp"
#include "plugin/plugin_config.hpp"
#include "policy_service.hpp"
#include "redis_setup.hpp"
#include "transport/tls_context.hpp"

#include <cstdio>
#include <cstdlib>

namespace toolpost::cli {
Result<> check_plugin(const config::Config& config, const std::string& id,
                      const plugin::Discovery& discovery) {
  const config::Plugin& settings = config.plugins.at(id);
  const plugin::Manifest* manifest = discovery.find(id);
  if (manifest == nullptr) {
    return Error{Errc::kNotFound,
                 "plugin " + id + ": no manifest with this id in the plugin directories"};
  }
  if (const auto good = plugin::check_config_schema(manifest->config_schema); !good) {
    return Error{good.error()}.in(manifest->path).in("plugin " + id);
  }
  const auto completed = plugin::complete_config(given_config(id, settings.config),
                                                 manifest->config_schema, host_values(config));
  if (!completed) return completed.error();
  return {};
}

namespace {

// Says which of them a start could not go on with.
int complain_of(const std::vector<ops::Finding>& findings) {
  int exit_code = EXIT_SUCCESS;
  for (const ops::Finding& finding : findings) {
    if (finding.state != ops::Finding::State::kFault) continue;
    complain(finding.text + "; " + finding.remedy);
    exit_code = config::kExitFailure;
  }
  return exit_code;
}

// The libraries of plugins, as doctor looks at them.
int check_libraries(const config::Config& config, const plugin::Discovery& discovery) {
  std::vector<ops::Finding> findings;
  for (const auto& [id, settings] : config.plugins) {
    const plugin::Manifest* manifest = settings.enabled ? discovery.find(id) : nullptr;
    if (manifest != nullptr) findings.push_back(check_library(*manifest, settings.sha256));
  }
  return complain_of(findings);
}

// As a start reads them. Whether the key may be read is asked with --live alone, by the user of the
// server: for everybody else the answer is another.
int check_tls_files(const config::Config& config, bool live) {
  const bool is_off = config.http.tls.certificate_file.empty();
  if (is_off || !check_http(config)) return EXIT_SUCCESS;  // what contradicts itself was told
  const auto context = transport::TlsContext::load(tls_options(config));
  if (context || (!live && context.error().code() == Errc::kDenied)) return EXIT_SUCCESS;
  complain(context.error().message());
  return config::kExitFailure;
}

// What doctor finds of what is on the disk.
int check_live(const config::Config& config) {
  std::vector<ops::Finding> findings;
  check_identity(config, findings);
  check_storage(config, findings);
  check_audit(config, findings);
  return complain_of(findings);
}

}  // namespace

int config_check(const config::Config& config, bool live) {
  const plugin::Discovery discovery = plugin::discover(config.plugin_directories);
  int exit_code = EXIT_SUCCESS;
  if (const auto access = check_access(config); !access) {
    complain(access.error().message());
    exit_code = config::kExitFailure;
  }
  if (const auto exposed = config::check_exposure(config); !exposed) {
    complain(exposed.error().message());
    // An upgrade asks without the variables of the service, which may have what is missing here.
    if (!live) exit_code = config::kExitFailure;
  }
  if (const auto http = check_http(config); !http) {
    complain(http.error().message());
    exit_code = config::kExitFailure;
  }
  if (const auto redis = redis_options(config); !redis) {
    complain(redis.error().message());
    exit_code = config::kExitFailure;
  }
  if (const auto packages = load_package_policy(config); !packages) {
    for (const std::string& line : packages.error().lines()) complain(line);
    exit_code = config::kExitFailure;
  }
  std::size_t enabled = 0;
  for (const auto& [id, settings] : config.plugins) {
    if (!settings.enabled) continue;
    ++enabled;
    if (const auto checked = check_plugin(config, id, discovery); !checked) {
      for (const std::string& line : checked.error().lines()) complain(line);
      exit_code = config::kExitFailure;
    }
  }
  for (const plugin::DiscoveryProblem& problem : discovery.problems) {
    complain(problem.path + ": " + problem.error.message());
    exit_code = config::kExitFailure;
  }
  if (check_libraries(config, discovery) != EXIT_SUCCESS) exit_code = config::kExitFailure;
  if (check_tls_files(config, live) != EXIT_SUCCESS) exit_code = config::kExitFailure;
  if (live && check_live(config) != EXIT_SUCCESS) exit_code = config::kExitFailure;
  if (exit_code == EXIT_SUCCESS) {
    std::printf("%s: ok, %zu plugin%s enabled\n",
                config.file.empty() ? "built-in defaults" : config.file.c_str(), enabled,
                enabled == 1 ? "" : "s");
  }
  return exit_code;
}

}  // namespace toolpost::cli
