// SPDX-License-Identifier: Apache-2.0
// TOML files, read with limits. The library is compiled once, in toml_file.cpp.
#pragma once

#include "checked.hpp"

#include <toml++/toml.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::uv_package {

inline constexpr std::size_t kMaxProjectFile = 1024UL * 1024;
inline constexpr std::size_t kMaxLockFile = 32UL * 1024 * 1024;

// Nothing when the file does not exist.
Checked<std::optional<toml::table>> read_toml(const std::string& path, std::size_t limit);

// The text at `key`, or an empty one when there is none or it is something else.
std::string text_at(const toml::table& table, std::string_view key);

// Every text in the array at `key`; empty when there is none.
std::vector<std::string> texts_at(const toml::table& table, std::string_view key);

}  // namespace toolpost::uv_package
