// SPDX-License-Identifier: Apache-2.0
// Everything in and above a project that uv would act on by itself, looked at before uv starts:
// pyproject.toml, uv.toml, .python-version, the workspace, and directories named as sources.
#pragma once

#include "checked.hpp"

#include <string>
#include <vector>

namespace toolpost::uv_package {

struct ProjectRules {
  std::vector<std::string> roots;    // resolved
  std::vector<std::string> indexes;  // comparable_index() of each one a project may name
};

// `project` is a resolved path below one of the roots. Gives every directory whose files were
// looked at, resolved: the project, members of its workspace, directories named as sources, and
// those above with settings.
Checked<std::vector<std::string>> check_project(const std::string& project,
                                                const ProjectRules& rules);

}  // namespace toolpost::uv_package
