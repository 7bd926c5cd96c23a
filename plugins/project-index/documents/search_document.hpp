// SPDX-License-Identifier: Apache-2.0
// Matches of a search as a document.
#pragma once

#include "documents/paging.hpp"
#include "search/search.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

// Of the files that were read for it. They change with every change of the tree, and tell whether
// there is an index: not for who compares two answers.
enum class Counts : bool { kLeftOut, kTold };

// Secrets in the lines are replaced. Throws sdk::Error: kInvalid for a pattern that is none,
// kCancelled.
sdk::Json search_document(const View& view, const SearchQuery& query,
                          Counts counts = Counts::kTold);

// The uses of a name, whole words only: each with whether the symbol table has its definition there
// and with the innermost symbol that it is in.
sdk::Json references_document(const View& view, const SearchQuery& query);

// "py, .ts" as globs: {"*.py", "*.ts"}.
std::vector<std::string> globs_of_extensions(std::string_view list);

}  // namespace toolpost::project_index
