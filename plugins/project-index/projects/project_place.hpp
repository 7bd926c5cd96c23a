// SPDX-License-Identifier: Apache-2.0
// Which directory a call means.
#pragma once

#include "checked.hpp"
#include "settings.hpp"

#include <string>
#include <string_view>

namespace toolpost::project_index {

// The directory that the argument names: none or "." is the configured project, a relative path is
// below it, an absolute one below any root. The kernel resolves it below that root and refuses
// symbolic links and other file systems on the way. Gives its absolute path.
Checked<std::string> find_project(const Settings& settings, std::string_view argument);

// The same below the workspace's root, for discover_projects; a relative path is below that.
Checked<std::string> find_in_workspace(const Settings& settings, std::string_view argument);

// "b/c" of "/a/b/c" below "/a", "" of "/a" itself.
std::string path_below(const std::string& root, const std::string& path);

}  // namespace toolpost::project_index
