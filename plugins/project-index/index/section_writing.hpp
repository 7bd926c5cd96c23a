// SPDX-License-Identifier: Apache-2.0
// Puts what the writers have gathered into the sections that hold it.
#pragma once

#include "index/file_table.hpp"
#include "index/index_file.hpp"
#include "index/symbol_table_writer.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace toolpost::project_index {

inline std::string& section(Sections& sections, SectionKind kind) {
  return sections[static_cast<std::size_t>(kind)];
}

inline void put_files(Sections& sections, FileTableWriter files) {
  section(sections, SectionKind::kRecords) = std::move(files.records);
  section(sections, SectionKind::kPaths) = std::move(files).paths();
}

inline void put_symbols(Sections& sections, SymbolTableWriter&& writer) {
  auto symbols = std::move(writer).sections();
  section(sections, SectionKind::kStrings) = std::move(symbols.strings);
  section(sections, SectionKind::kNames) = std::move(symbols.names);
  section(sections, SectionKind::kSymbols) = std::move(symbols.symbols);
}

}  // namespace toolpost::project_index
