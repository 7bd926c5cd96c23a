// SPDX-License-Identifier: Apache-2.0
// Where a member of a plugin's configuration stands in toolpost.json, for messages about it.
#pragma once

#include "config/config.hpp"

#include <string>
#include <string_view>

namespace toolpost::config {

// "FILE:LINE:COLUMN" of the value that a JSON pointer leads to, or, with `member`, of the name of
// that member of it. What is not there (a default, a member that is missing) has the place of the
// innermost value around it. Empty when the settings come from no file.
std::string place_in(const PluginSettings& settings, std::string_view pointer,
                     std::string_view member = {});

}  // namespace toolpost::config
