// SPDX-License-Identifier: Apache-2.0
// A name that a source file defines.
#pragma once

#include <cstdint>
#include <string>

namespace toolpost::project_index {

struct SourceSymbol {
  std::string name;
  std::string kind;       // as ctags calls it: "function", "class", "macro", "chapter"
  std::string scope;      // what it is inside of, e.g. "toolpost::Host"; empty at the top
  std::string signature;  // e.g. "(int count)"; empty where there is none
  std::uint32_t line = 0;
  std::uint32_t end_line = 0;  // 0 where the parser does not say

  friend bool operator==(const SourceSymbol&, const SourceSymbol&) = default;
};

}  // namespace toolpost::project_index
