// SPDX-License-Identifier: Apache-2.0
// The sections that know the symbols; all numbers are varints where nothing else is said.
//
// Strings (kinds, scopes, shapes and words of signatures; number 0 is empty): their count and for
// each where it ends in the text that follows (32 bits each), the text.
//
// Names, ascending: the number of names and of blocks of kNamesPerBlock, for each block where it
// begins (32 bits each), then for each name: how many bytes it shares with the one before in its
// block, how many follow, these; how often it is defined and how many bytes tell where: for each
// place the file's distance to the one before, and which of the file's symbols it is.
//
// Symbols: the number of files, for each where its symbols end (32 bits each), then for each symbol
// the numbers of name, kind and scope, the distance of its line to the one before (zigzag), its end
// line's to its line plus one or 0, and its signature: its shape, which is the signature with
// kWordMark for each word, and the words.
#pragma once

#include "symbols/source_symbol.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

class ByteCursor;

constexpr char kWordMark = '\x01';

class SymbolTable {
 public:
  SymbolTable() = default;
  SymbolTable(std::string_view strings, std::string_view names, std::string_view symbols) noexcept;

  // False where a section contradicts itself or the number of files. Nothing else may be asked
  // then.
  bool is_sound(std::uint32_t file_count) const noexcept;

  std::uint32_t name_count() const noexcept { return name_count_; }

  // The symbols of a file in their order; of damaged bytes, what can be read.
  std::vector<SourceSymbol> symbols_of(std::uint32_t file) const;
  // Number `ordinal` of them, whose name is known.
  std::optional<SourceSymbol> symbol(std::uint32_t file, std::uint32_t ordinal,
                                     std::string_view name) const;

  std::uint64_t count_of(std::uint32_t file) const;

  // The first block that may hold a name not before `name`.
  std::uint32_t block_before(std::string_view name) const;

 private:
  friend class NameWalk;

  std::string_view block(std::uint32_t block) const noexcept;
  std::string_view string(std::uint64_t number) const noexcept;
  std::string_view symbols_bytes(std::uint32_t file) const noexcept;
  std::string name(std::uint64_t number) const;
  std::string signature(ByteCursor& cursor, bool is_wanted) const;
  bool read(ByteCursor& cursor, std::uint32_t& line, bool is_wanted, SourceSymbol& symbol) const;

  std::string_view string_ends_, string_text_, block_begins_, name_text_, symbol_ends_,
      symbol_text_;
  std::uint32_t name_count_ = 0;
  bool fits_ = false;
};

// One name after another, from the beginning of a block.
class NameWalk {
 public:
  struct Place {
    std::uint32_t file = 0, ordinal = 0;
  };

  explicit NameWalk(const SymbolTable& table, std::uint32_t block = 0) noexcept
      : table_(table), block_(block) {}

  // False at the end, and where the bytes are damaged.
  bool next();

  const std::string& name() const noexcept { return name_; }

  std::vector<Place> places() const;

 private:
  const SymbolTable& table_;
  std::uint32_t block_;
  std::string_view rest_;
  std::string name_;
  std::uint64_t place_count_ = 0;
  std::string_view place_bytes_;
};

}  // namespace toolpost::project_index
