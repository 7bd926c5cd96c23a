// SPDX-License-Identifier: Apache-2.0
// Which packages may be used: a list of blocked ones, a list of allowed ones and a file of rules.
// A block anywhere wins, and every one that is configured must allow.
#pragma once

#include "base/error.hpp"
#include "policy/package_facts.hpp"
#include "policy/package_list.hpp"
#include "policy/package_rules.hpp"

#include <optional>
#include <string>

namespace toolpost::policy {

// What the operator configured, read but not checked.
struct PolicySource {
  ListSource allowed;
  ListSource blocked;
  std::string file{};       // path; empty: none
  std::string file_text{};  // its content
};

// Immutable; callable from any thread.
class PackagePolicy {
 public:
  // Every problem of the source, one a line.
  static Result<PackagePolicy> compile(const PolicySource& source);

  // A list that is empty and a file that is not configured have no say. Packages that others need
  // are packages like any other: an allow list has to name them too.
  Verdict check(const PackageFacts& package) const;

  // False: everything is allowed.
  bool is_configured() const noexcept;

 private:
  PackageList allowed_;
  PackageList blocked_;
  std::optional<PackageRules> rules_;
};

}  // namespace toolpost::policy
