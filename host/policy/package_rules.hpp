// SPDX-License-Identifier: Apache-2.0
// The rules of a package policy file, compiled. Tried in order; the first that decides wins:
// a rule that denies decides about packages that meet all its conditions, a rule that allows about
// all that it names, and denies those that do not meet its conditions.
#pragma once

#include "pep/version_set.hpp"
#include "policy/name_index.hpp"
#include "policy/package_facts.hpp"

#include <optional>
#include <string>
#include <vector>

namespace toolpost::policy {

enum class Effect : std::uint8_t { kAllow, kDeny };

// Conditions that are absent are met. What is not known of a package counts against it: it meets
// the condition of a rule that denies, and not that of a rule that allows.
struct PackageRule {
  std::vector<PackagePattern> names;
  Effect effect = Effect::kDeny;
  std::optional<pep::VersionSet> versions;
  std::string versions_text;         // as written, for messages
  std::vector<std::string> sources;  // pep::comparable_index of each; empty: any
  // Allow: nothing but these may be asked for. Deny: one of these is.
  std::optional<std::vector<std::string>> extras;
  std::string reason;  // for the caller; may be empty
  std::string where;   // file, line and column
};

// Immutable once compiled.
class PackageRules {
 public:
  // `file` is the name that rule ids begin with, without directories.
  static Result<PackageRules> compile(std::string file, std::string where_default,
                                      std::vector<PackageRule> rules, Effect by_default);

  Verdict check(const PackageFacts& package) const;

 private:
  Verdict denied(std::size_t place, const PackageFacts& package, const std::string& why) const;

  std::string file_;
  std::string where_default_;
  std::vector<PackageRule> rules_;
  Effect default_ = Effect::kDeny;
  NameIndex index_;
};

}  // namespace toolpost::policy
