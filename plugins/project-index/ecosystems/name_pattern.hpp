// SPDX-License-Identifier: Apache-2.0
// Names of files: "package.json", "*.csproj", "requirements*.txt", "*.test.*".
#pragma once

#include <string>
#include <string_view>

namespace toolpost::project_index {

// True when `name` is the pattern, whose asterisks, of which it has two at most, stand for any
// text.
bool fits_pattern(std::string_view pattern, std::string_view name);

// "a/b.c" gives "b.c" and "a"; "b.c" has the directory "".
std::string_view name_in(std::string_view path);
std::string_view directory_of(std::string_view path);

// "a" and "b.c" give "a/b.c". Without ".." and "." parts, which are worked out; empty when it would
// leave the tree.
std::string joined(std::string_view directory, std::string_view relative);

// True when one of the directories in `path` is called `name`.
bool is_below_a(std::string_view path, std::string_view name);

}  // namespace toolpost::project_index
