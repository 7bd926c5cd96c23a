// SPDX-License-Identifier: Apache-2.0
// The members of a uv workspace: the directories that its patterns name.
#pragma once

#include "checked.hpp"
#include "toml_file.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::uv_package {

inline constexpr std::size_t kMaxWorkspaceMembers = 256;

// `workspace` is the table [tool.uv.workspace] of the pyproject.toml in `directory`. Gives absolute
// paths of directories with a pyproject.toml. Patterns have "*" and "?"; "**", ".." and absolute
// ones are refused.
Checked<std::vector<std::string>> workspace_members(const std::string& directory,
                                                    const toml::table& workspace);

// "*" stands for any run of characters, "?" for one; the whole text must match.
bool matches_pattern(std::string_view text, std::string_view pattern) noexcept;

}  // namespace toolpost::uv_package
