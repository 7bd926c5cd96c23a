// SPDX-License-Identifier: Apache-2.0
// TOML manifests: parsed with bounds, and looked into without trust.
#pragma once

#include "ecosystems/draft.hpp"

#include <toml++/toml.h>

#include <string>
#include <string_view>

namespace toolpost::project_index {

// An empty table, after a complaint with the place, when the text is no TOML, repeats a key, or
// nests deeper than 64.
toml::table toml_of(std::string_view text, Draft& draft);

// Empty without the key; and after a complaint when it is something else.
const toml::table& table_at(const toml::table& table, std::string_view key, Draft& draft);
const toml::array& array_at(const toml::table& table, std::string_view key, Draft& draft);
std::string text_at(const toml::table& table, std::string_view key, Draft& draft);

// Empty unless it is a string.
std::string text_of(const toml::node& node);

}  // namespace toolpost::project_index
