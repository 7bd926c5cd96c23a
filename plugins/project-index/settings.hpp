// SPDX-License-Identifier: Apache-2.0
// The plugin's configuration as typed values. The host has checked it against config_schema.hpp;
// what a schema can't say (absolute paths that exist) is checked here.
#pragma once

#include "checked.hpp"
#include "files/file_list.hpp"

#include <toolpost/json.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace toolpost::project_index {

struct Settings {
  std::string project_root;        // resolved, as all of these
  std::string workspace_root;      // what bounds discover_projects
  std::vector<std::string> roots;  // project_root, workspace_root and the others, each once
  std::string ctags;               // absolute; empty: the usual place
  WalkRules rules;
  bool watches = true;
  unsigned threads = 2;
  std::size_t max_open_projects = 8;
  std::size_t max_result_bytes = std::size_t{256} << 10U;
  std::chrono::seconds timeout{120};
};

// `config` is a JSON object; `working_directory` is the project when the configuration names none.
Checked<Settings> read_settings(const sdk::Json& config, const std::string& working_directory);

}  // namespace toolpost::project_index
