// SPDX-License-Identifier: Apache-2.0
// Files that are told by their names alone: documentation, configuration, and what is somebody
// else's.
#pragma once

#include <string_view>

namespace toolpost::project_index {

bool is_readme(std::string_view path);
// A readme, a changelog and the like anywhere; texts in docs/.
bool is_doc(std::string_view path);
// Settings of tools and services; manifests are not among them.
bool is_config(std::string_view path);
// Below node_modules, a virtual environment and the like: dependencies that were installed there.
bool is_installed(std::string_view path);

}  // namespace toolpost::project_index
