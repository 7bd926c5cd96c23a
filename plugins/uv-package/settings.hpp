// SPDX-License-Identifier: Apache-2.0
// The plugin's configuration as typed values. The host has checked it against config_schema.hpp;
// what a schema can't say (absolute paths that exist, URLs without credentials) is checked here.
#pragma once

#include "checked.hpp"
#include "lockfile.hpp"
#include "project_check.hpp"
#include "uv_circuit.hpp"

#include <toolpost/json.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::uv_package {

inline constexpr int kDefaultTimeoutSeconds = 600;
inline constexpr int kMaxTimeoutSeconds = 86400;
inline constexpr int kDefaultLockWaitSeconds = 30;
inline constexpr int kDefaultOutputBytes = 32768;
inline constexpr int kMinOutputBytes = 1024;
inline constexpr int kMaxOutputBytes = 1048576;

struct Settings {
  std::string uv;                  // absolute; empty: searched
  std::vector<std::string> roots;  // resolved; the first is the default project
  std::string index_url;           // empty: uv's own default
  std::vector<std::string> extra_index_urls;
  std::vector<std::string> project_index_urls;
  std::vector<std::string> file_hosts;
  std::string proxy;
  std::string no_proxy;
  std::string ca_file;
  std::string cache_dir;
  std::string environment = ".venv";
  std::string python;
  bool build_project = true;
  std::chrono::seconds timeout{kDefaultTimeoutSeconds};
  std::chrono::seconds lock_wait{kDefaultLockWaitSeconds};
  std::size_t max_output_bytes = kDefaultOutputBytes;
  CircuitLimits circuit;
};

// `config` is a JSON object; `working_directory` is the project when the configuration names none.
Checked<Settings> read_settings(const sdk::Json& config, const std::string& working_directory);

// What the checks of projects and lock files need. `default_index` is the index that uv uses by
// itself; it counts only while index_url is not set.
ProjectRules project_rules(const Settings& settings, const std::string& default_index);
Origins lock_origins(const Settings& settings, const std::string& default_index);

}  // namespace toolpost::uv_package
