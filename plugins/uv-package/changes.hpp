// SPDX-License-Identifier: Apache-2.0
// Two looks at a set of packages, and what lies between them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::uv_package {

// Normalised name to versions. An environment has one version of each; a lock file may have more,
// for different platforms.
using PackageSet = std::map<std::string, std::set<std::string>>;

struct Change {
  std::string package;
  std::optional<std::string> from;
  std::optional<std::string> to;

  std::string_view kind() const noexcept {
    if (!from) return "added";
    return to ? "updated" : "removed";
  }
};

// Sorted by package.
std::vector<Change> changes_between(const PackageSet& before, const PackageSet& after);

}  // namespace toolpost::uv_package
