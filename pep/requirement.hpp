// SPDX-License-Identifier: Apache-2.0
// PEP 508 requirements that name a package on an index. Everything else that uv would accept in
// the same place (options, files, URLs, paths, variables to expand) is refused with its reason.
#pragma once

#include "pep/checked.hpp"
#include "pep/specifier.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::pep {

inline constexpr std::size_t kMaxRequirementLength = 1024;

struct Requirement {
  std::string name;                 // as written
  std::vector<std::string> extras;  // as written
  std::vector<Specifier> specifiers;
  std::string marker;  // checked, as written; may be empty

  // What is handed to uv: built from the parts, so nothing unparsed can pass.
  std::string text() const;
};

Checked<Requirement> parse_requirement(std::string_view text);

// A name and nothing else. Gives the name as written.
Checked<std::string> parse_bare_name(std::string_view text);

}  // namespace toolpost::pep
