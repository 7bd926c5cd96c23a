// SPDX-License-Identifier: Apache-2.0
// Names and values as messages show them: quoted, escaped and never long.
#pragma once

#include "json/value.hpp"

#include <span>
#include <string>
#include <string_view>

namespace toolpost::json {

// At most `bytes` of it, cut between characters, and an ellipsis if there was more.
std::string shortened(std::string_view text, std::size_t bytes);

// Shortened, as a JSON string.
std::string quoted(std::string_view text);

// A constant of a schema. Arrays and objects only by their kind.
std::string brief(const Value& value);

// "a, b, c and 7 more" of quoted names or brief values.
std::string listed(std::span<const std::string_view> names);
std::string listed(std::span<const Value> values);

}  // namespace toolpost::json
