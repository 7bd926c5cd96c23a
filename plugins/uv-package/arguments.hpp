// SPDX-License-Identifier: Apache-2.0
// The package lists of a call, item by item: a refusal names the item and the rule.
#pragma once

#include "checked.hpp"
#include "pep/requirement.hpp"

#include <toolpost/json.hpp>

#include <string>
#include <vector>

namespace toolpost::uv_package {

inline constexpr std::size_t kMaxPackagesPerCall = 200;

// arguments["packages"], or nothing when it is absent.
std::vector<std::string> package_texts(const sdk::Json& arguments);

// Each one parsed.
Checked<std::vector<pep::Requirement>> as_requirements(const std::vector<std::string>& texts);

// Written anew from their parts.
std::vector<std::string> texts_of(const std::vector<pep::Requirement>& requirements);

// Each one a name and nothing else.
Checked<std::vector<std::string>> as_names(const std::vector<std::string>& texts);

}  // namespace toolpost::uv_package
