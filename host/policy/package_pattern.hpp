// SPDX-License-Identifier: Apache-2.0
// One entry of a list of packages, or one name of a rule, checked: whatever could never match a
// normalised package name (PEP 503) is an error that says why, never a rule that does nothing.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace toolpost::policy {

inline constexpr std::size_t kMaxPatternLength = 512;

// Most expressions are a text with ".*" at one or both ends; those need no automaton.
struct PackagePattern {
  enum class Kind : std::uint8_t { kName, kPrefix, kSuffix, kPart, kExpression };

  Kind kind = Kind::kName;
  std::string text;  // of normalised names; an expression: what RE2 matches, whatever the case

  bool is_everything() const noexcept { return kind == Kind::kPrefix && text.empty(); }
};

// An entry of the lists: made of letters, digits, '-', '_' and '.' it is a name; anything else is a
// regular expression that must match the whole normalised name.
Result<PackagePattern> compile_entry(std::string_view entry);

// A name of a rule: the same characters, and '*' for any number of them.
Result<PackagePattern> compile_glob(std::string_view glob);

}  // namespace toolpost::policy
