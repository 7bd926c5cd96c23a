// SPDX-License-Identifier: Apache-2.0
// Puts a value into the member a key stands for, after checking type, range and rule.
#pragma once

#include "base/error.hpp"
#include "config/keys.hpp"
#include "json/value.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace toolpost::config {

// What a relative path and a leading ~ mean.
struct PathBase {
  std::string directory;  // absolute
  std::optional<std::string> home;
};

// The absolute, normalised form of a path as it was written.
Result<std::string> resolve_path(std::string_view written, const PathBase& base);

// A value of the file. Errors say what was expected and what was found.
Result<> assign(const Slot& slot, const Accepts& accepts, const json::Value& value,
                const PathBase& base);

// true, 1, yes, on or false, 0, no, off, in either case.
std::optional<bool> read_switch(std::string_view text);

// The text of a variable or flag; a list is separated by commas. Settings have none.
Result<> assign_text(const Slot& slot, const Accepts& accepts, std::string_view text,
                     const PathBase& base);

}  // namespace toolpost::config
