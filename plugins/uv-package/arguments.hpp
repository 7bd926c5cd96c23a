// SPDX-License-Identifier: Apache-2.0
// The package lists of a call, item by item: a refusal names the item and the rule.
#pragma once

#include "checked.hpp"

#include <toolpost/json.hpp>

#include <string>
#include <vector>

namespace toolpost::uv_package {

inline constexpr std::size_t kMaxPackagesPerCall = 200;

// arguments["packages"], or nothing when it is absent.
std::vector<std::string> package_texts(const sdk::Json& arguments);

// Each one parsed and written anew from its parts.
Checked<std::vector<std::string>> as_requirements(const std::vector<std::string>& texts);

// Each one a name and nothing else.
Checked<std::vector<std::string>> as_names(const std::vector<std::string>& texts);

}  // namespace toolpost::uv_package
