// SPDX-License-Identifier: Apache-2.0
// As much of YAML as lock files and pubspec.yaml use: maps by indentation, one key on a line.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

// A line "key: value" below the keys that enclose it. A list item is a key of its own, "-".
using OnIndented =
    std::function<void(const std::vector<std::string>& path, std::string_view value)>;

// `path` ends with the key of the line. Quotes around keys and values, and comments, are taken off;
// lines of another form are skipped. False when it nests deeper than 64: the rest is not read.
bool read_indented(std::string_view text, const OnIndented& on_line);

}  // namespace toolpost::project_index
