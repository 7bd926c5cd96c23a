// SPDX-License-Identifier: Apache-2.0
// Version specifiers of PEP 440 as they stand in a requirement: "~=1.4", "!=2.*", ">=1,<2".
#pragma once

#include "pep/checked.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::pep {

struct Specifier {
  std::string op;
  std::string version;  // in normal form; ends in ".*" for a prefix match
};

// A comma-separated list; an empty text is an empty list. No trailing comma.
Checked<std::vector<Specifier>> parse_specifiers(std::string_view text);

}  // namespace toolpost::pep
