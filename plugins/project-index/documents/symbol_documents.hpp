// SPDX-License-Identifier: Apache-2.0
// What the symbol table says, as documents.
#pragma once

#include "documents/paging.hpp"

#include <string_view>

namespace toolpost::project_index {

// The symbols of one file, by line. Throws as file_text() does, and kUnavailable where the index
// has no symbols.
sdk::Json outline_document(const View& view, std::string_view path, Page page);

// Where names are defined. Throws kUnavailable where the index has no symbols.
sdk::Json symbols_document(const View& view, const SymbolQuery& query);

}  // namespace toolpost::project_index
