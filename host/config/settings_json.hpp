// SPDX-License-Identifier: Apache-2.0
// A parsed value written again as strict JSON, on one line for a plugin or for people to read.
#pragma once

#include "json/value.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace toolpost::config {

enum class Secrets { kKeep, kHide };

// kHide replaces the texts of members whose name speaks of a password, token or the like, and what
// stands before the @ of a URL.
std::string settings_json(const json::Value& value, Secrets secrets);

// Indented by two. `note` gives the comment for the member at a dotted path, or nothing.
std::string pretty_json(const json::Value& value,
                        const std::function<std::string(std::string_view path)>& note = {});

}  // namespace toolpost::config
