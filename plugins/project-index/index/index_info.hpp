// SPDX-License-Identifier: Apache-2.0
// What is true of a whole index file: what it was made of and how.
#pragma once

#include "files/file_list.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::project_index {

// An index is used only for the very root, rules and parser that it was made with.
struct IndexIdentity {
  std::string root;  // absolute
  std::uint64_t device = 0, inode = 0;
  std::string rules;    // see rules_text()
  std::string symbols;  // the parser's version; empty without one

  friend bool operator==(const IndexIdentity&, const IndexIdentity&) = default;
};

struct IndexInfo {
  IndexIdentity identity;
  WalkCounts counts;
  std::string stopped_by;
  std::uint64_t generation = 0;
  std::uint64_t symbol_count = 0;
  std::uint64_t symbol_failures = 0;
};

// All that decides which files an index holds, in one line.
std::string rules_text(const WalkRules& rules);

std::string packed_info(const IndexInfo& info);
std::optional<IndexInfo> unpacked_info(std::string_view bytes);

}  // namespace toolpost::project_index
