// SPDX-License-Identifier: Apache-2.0
// Gathers the symbols of files, in any order and from any thread, and writes the sections that
// symbol_table.hpp describes.
#pragma once

#include "index/interned_texts.hpp"
#include "symbols/source_symbol.hpp"

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

constexpr std::uint32_t kNamesPerBlock = 16;
constexpr std::size_t kMaxSignatureBytes = 4096;  // more is cut

class SymbolTableWriter {
 public:
  explicit SymbolTableWriter(std::uint32_t file_count);

  // At most once for a file.
  void add(std::uint32_t file, std::span<const SourceSymbol> symbols);

  struct Sections {
    std::string strings, names, symbols;
  };

  std::uint64_t count() const noexcept { return count_; }

  // Ends the gathering.
  Sections sections() &&;

 private:
  void put_signature(std::string_view signature, std::string& packed);
  std::string strings_section() const;

  std::mutex mutex_;
  InternedTexts names_, strings_;
  std::vector<std::string> symbols_;  // of each file, packed, names by first appearance
  std::uint64_t count_ = 0;
};

}  // namespace toolpost::project_index
