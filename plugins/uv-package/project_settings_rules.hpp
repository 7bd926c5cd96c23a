// SPDX-License-Identifier: Apache-2.0
// What a project may ask of uv in [tool.uv] or uv.toml. Each key is allowed, allowed by a rule, or
// refused by its name; a key that is not in the table is refused too. Nothing is switched off
// silently, so the lock file written is the one that uv alone would write.
#pragma once

#include "checked.hpp"
#include "toml_file.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::uv_package {

struct SettingsFile {
  std::string name;  // for messages, e.g. "pyproject.toml [tool.uv]"
  const toml::table& table;
};

// Keys and values, except what names other directories: [sources] with a path and [workspace] are
// for the caller, who knows the roots. `indexes` holds comparable_index() of each index allowed.
Checked<Passed> check_project_settings(const SettingsFile& file,
                                       const std::vector<std::string>& indexes);

// [tool.uv.sources]: gives the directories it names, for the caller to confine.
Checked<std::vector<std::string>> source_directories(const toml::table& settings);

// Requirements in a list of the project: none may name a URL, a path or a file.
Checked<Passed> check_requirement_list(const toml::array& list, std::string_view where);

}  // namespace toolpost::uv_package
