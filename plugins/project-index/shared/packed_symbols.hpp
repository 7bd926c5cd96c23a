// SPDX-License-Identifier: Apache-2.0
// The symbols of a few texts as one value, for another process that has the same texts. A version,
// a count of texts, and for each of them a count of symbols and these.
#pragma once

#include "symbols/source_symbol.hpp"
#include "symbols/symbol_source.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

// Part of every key: another form is another value.
inline constexpr std::string_view kPackedSymbolsVersion = "1";

std::string packed_symbols(std::span<const FileSymbols> answers);

// Nothing unless it is whole, of this version, and could have been found in these texts: as many
// answers as texts, lines that they have, in order, names and details within the parser's bounds.
std::optional<std::vector<FileSymbols>> unpacked_symbols(std::string_view bytes,
                                                         std::span<const SourceText> texts);

}  // namespace toolpost::project_index
