// SPDX-License-Identifier: Apache-2.0
// The text of a package policy file into rules. Reports every problem with file, line and column.
#pragma once

#include "base/problems.hpp"
#include "json/named_text.hpp"
#include "policy/package_rules.hpp"

#include <optional>

namespace toolpost::policy {

// Nothing when there were problems.
std::optional<PackageRules> read_package_rules(const json::NamedText& source, Problems& problems);

}  // namespace toolpost::policy
