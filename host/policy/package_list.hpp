// SPDX-License-Identifier: Apache-2.0
// A list of packages from the configuration: policy.allowed_packages or policy.blocked_packages.
#pragma once

#include "base/problems.hpp"
#include "policy/name_index.hpp"

#include <optional>
#include <string>
#include <vector>

namespace toolpost::policy {

inline constexpr std::size_t kMaxListEntries = 100'000;

// As configured.
struct ListSource {
  std::string name;   // "blocked_packages"
  std::string where;  // the variable, or file, line and column
  std::vector<std::string> entries;
};

// Immutable.
class PackageList {
 public:
  // Reports every entry that is wrong, by its place.
  static PackageList compile(const ListSource& source, Problems& problems);

  bool empty() const noexcept { return index_.empty(); }

  const std::string& name() const noexcept { return name_; }

  const std::string& where() const noexcept { return where_; }

  struct Found {
    bool known = true;                   // false: the index ran out of memory
    std::optional<NameIndex::Id> entry;  // the first that matches, counted from 0
  };

  Found find(std::string_view normalized_name) const;

  // "blocked_packages[2]"
  std::string rule(NameIndex::Id entry) const;

 private:
  std::string name_;
  std::string where_;
  NameIndex index_;
};

}  // namespace toolpost::policy
