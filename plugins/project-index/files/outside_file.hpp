// SPDX-License-Identifier: Apache-2.0
// Files that are not below the root but say what in it is ignored: git's configuration and the rule
// files of directories above.
#pragma once

#include <optional>
#include <string>

namespace toolpost::project_index {

inline constexpr std::size_t kMaxRuleFile = 4U << 20U;

enum class LastLink { kFollowed, kRefused };

// The content of a regular file of at most kMaxRuleFile bytes; nothing when it can't be had.
std::optional<std::string> read_outside_file(const std::string& path, LastLink last_link);

}  // namespace toolpost::project_index
