// SPDX-License-Identifier: Apache-2.0
// What is known of a package that somebody wants to use, in the forms that rules compare.
#pragma once

#include "base/error.hpp"
#include "pep/version.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::policy {

struct PackageFacts {
  std::string name;                     // normalised (PEP 503)
  std::optional<pep::Version> version;  // nothing: not known
  std::string source;                   // pep::comparable_index of it; empty: not known
  std::vector<std::string> extras;      // normalised

  // "requests 2.32.3", for messages.
  std::string text() const;
};

// The same as written. Errors say which part is not what PEP 508 and PEP 440 allow.
struct WrittenPackage {
  std::string_view name;
  std::string_view version{};  // empty: not known
  std::string_view source{};   // empty: not known
  std::vector<std::string_view> extras{};
};

Result<PackageFacts> package_facts(const WrittenPackage& written);

struct Verdict {
  bool allowed = false;
  std::string rule{};     // the one that decided: "blocked_packages[2]", "packages.json: rules[3]"
  std::string where{};    // its file, line and column, or its variable; empty: there is no rule
  std::string message{};  // only of a denial: one sentence that a caller may see
};

}  // namespace toolpost::policy
