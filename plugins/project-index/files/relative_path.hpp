// SPDX-License-Identifier: Apache-2.0
// Paths that a client writes.
#pragma once

#include "checked.hpp"

#include <string>
#include <string_view>

namespace toolpost::project_index {

inline constexpr std::size_t kMaxPath = 4096;

// The path below the root, "a/b.c", as it was written. Refused are the empty path, NUL, a leading
// slash, a part that is empty, "." or "..", a backslash, and more than kMaxPath bytes. Percent
// signs stand for themselves: a URI was decoded once before it came here. This check is for clear
// errors; what keeps a path below the root is RootDirectory.
Checked<std::string> relative_path(std::string_view text);

}  // namespace toolpost::project_index
