// SPDX-License-Identifier: Apache-2.0
#include "index/symbol_table.hpp"

#include "index/byte_cursor.hpp"
#include "index/symbol_table_writer.hpp"

#include <algorithm>

namespace toolpost::project_index {
namespace {

std::uint32_t number_at(std::string_view numbers, std::size_t index) noexcept {
  return ByteCursor(numbers.substr(index * 4)).fixed<std::uint32_t>();
}

bool ascends_to(std::string_view ends, std::size_t size) noexcept {
  std::uint32_t before = 0;
  for (std::size_t index = 0; index < ends.size() / 4; ++index) {
    const auto end = number_at(ends, index);
    if (end < before || end > size) return false;
    before = end;
  }
  return before == size;
}

// Text number `index` of those that end at `ends`.
std::string_view slice(std::string_view ends, std::string_view text, std::size_t index) noexcept {
  const auto begin = index == 0 ? 0 : number_at(ends, index - 1);
  return text.substr(begin, number_at(ends, index) - begin);
}

std::uint32_t moved(std::uint32_t line, std::uint64_t zigzag) noexcept {
  const auto distance = static_cast<std::uint32_t>(zigzag >> 1);
  return (zigzag & 1) != 0 ? line - distance - 1 : line + distance;
}

}  // namespace

SymbolTable::SymbolTable(std::string_view strings, std::string_view names,
                         std::string_view symbols) noexcept {
  ByteCursor string_cursor(strings);
  string_ends_ = string_cursor.bytes(std::uint64_t{string_cursor.fixed<std::uint32_t>()} * 4);
  string_text_ = string_cursor.rest();
  ByteCursor name_cursor(names);
  name_count_ = name_cursor.fixed<std::uint32_t>();
  block_begins_ = name_cursor.bytes(std::uint64_t{name_cursor.fixed<std::uint32_t>()} * 4);
  name_text_ = name_cursor.rest();
  ByteCursor symbol_cursor(symbols);
  symbol_ends_ = symbol_cursor.bytes(std::uint64_t{symbol_cursor.fixed<std::uint32_t>()} * 4);
  symbol_text_ = symbol_cursor.rest();
  fits_ = string_cursor.ok() && name_cursor.ok() && symbol_cursor.ok();
}

bool SymbolTable::is_sound(std::uint32_t file_count) const noexcept {
  if (!fits_ || symbol_ends_.size() / 4 != file_count) return false;
  if (!ascends_to(string_ends_, string_text_.size()) || string_ends_.empty()) return false;
  if (!ascends_to(symbol_ends_, symbol_text_.size())) return false;
  const auto blocks = block_begins_.size() / 4;
  if (blocks != (std::uint64_t{name_count_} + kNamesPerBlock - 1) / kNamesPerBlock) return false;
  for (std::size_t block = 0; block < blocks; ++block) {
    const auto begin = number_at(block_begins_, block);
    if (block == 0 ? begin != 0 : begin <= number_at(block_begins_, block - 1)) return false;
    if (begin >= name_text_.size()) return false;
  }
  return true;
}

std::string_view SymbolTable::block(std::uint32_t block) const noexcept {
  const auto begin = number_at(block_begins_, block);
  const auto end = block + 1 < block_begins_.size() / 4 ? number_at(block_begins_, block + 1)
                                                        : name_text_.size();
  return name_text_.substr(begin, end - begin);
}

std::string_view SymbolTable::string(std::uint64_t number) const noexcept {
  return number < string_ends_.size() / 4 ? slice(string_ends_, string_text_, number)
                                          : std::string_view();
}

std::string_view SymbolTable::symbols_bytes(std::uint32_t file) const noexcept {
  return file < symbol_ends_.size() / 4 ? slice(symbol_ends_, symbol_text_, file)
                                        : std::string_view();
}

std::string SymbolTable::name(std::uint64_t number) const {
  if (number >= name_count_) return {};
  NameWalk walk(*this, static_cast<std::uint32_t>(number / kNamesPerBlock));
  for (auto steps = number % kNamesPerBlock + 1; steps > 0; --steps)
    if (!walk.next()) return {};
  return walk.name();
}

std::string SymbolTable::signature(ByteCursor& cursor, bool is_wanted) const {
  std::string text;
  // Forged numbers could ask for a text without end.
  const auto shape = string(cursor.varint()).substr(0, kMaxSignatureBytes);
  for (std::size_t at = 0; at < shape.size() && cursor.ok(); ++at) {
    const auto part = shape[at] == kWordMark ? string(cursor.varint()) : shape.substr(at, 1);
    if (is_wanted && text.size() < kMaxSignatureBytes) text += part;
  }
  return text;
}

// Reads all but the name's number; texts only if wanted.
bool SymbolTable::read(ByteCursor& cursor, std::uint32_t& line, bool is_wanted,
                       SourceSymbol& symbol) const {
  const auto kind = cursor.varint();
  const auto scope = cursor.varint();
  line = moved(line, cursor.varint());
  const auto end = cursor.varint();
  symbol.signature = signature(cursor, is_wanted);
  if (!cursor.ok() || !is_wanted) return cursor.ok();
  symbol.kind = string(kind);
  symbol.scope = string(scope);
  symbol.line = line;
  symbol.end_line = end > 0 ? line + static_cast<std::uint32_t>(end - 1) : 0;
  return true;
}

std::vector<SourceSymbol> SymbolTable::symbols_of(std::uint32_t file) const {
  std::vector<SourceSymbol> symbols;
  std::uint32_t line = 0;
  for (ByteCursor cursor(symbols_bytes(file)); !cursor.at_end();) {
    SourceSymbol symbol;
    symbol.name = name(cursor.varint());
    if (!read(cursor, line, true, symbol)) break;
    symbols.push_back(std::move(symbol));
  }
  return symbols;
}

std::optional<SourceSymbol> SymbolTable::symbol(std::uint32_t file, std::uint32_t ordinal,
                                                std::string_view name) const {
  SourceSymbol symbol;
  std::uint32_t line = 0;
  ByteCursor cursor(symbols_bytes(file));
  for (std::uint32_t number = 0; !cursor.at_end(); ++number) {
    cursor.varint();
    if (!read(cursor, line, number == ordinal, symbol)) break;
    if (number != ordinal) continue;
    symbol.name = name;
    return symbol;
  }
  return std::nullopt;
}

std::uint64_t SymbolTable::count_of(std::uint32_t file) const {
  std::uint64_t count = 0;
  SourceSymbol symbol;
  std::uint32_t line = 0;
  for (ByteCursor cursor(symbols_bytes(file)); !cursor.at_end(); ++count) {
    cursor.varint();
    if (!read(cursor, line, false, symbol)) break;
  }
  return count;
}

std::uint32_t SymbolTable::block_before(std::string_view name) const {
  std::uint32_t low = 0;
  auto high = static_cast<std::uint32_t>(block_begins_.size() / 4);
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    NameWalk walk(*this, middle);
    if (walk.next() && walk.name() <= name)
      low = middle + 1;
    else
      high = middle;
  }
  return low == 0 ? 0 : low - 1;
}

bool NameWalk::next() {
  if (rest_.empty()) {
    if (block_ >= table_.block_begins_.size() / 4) return false;
    rest_ = table_.block(block_++);
    name_.clear();
  }
  ByteCursor cursor(rest_);
  const auto shared = cursor.varint();
  const auto suffix = cursor.bytes(cursor.varint());
  place_count_ = cursor.varint();
  place_bytes_ = cursor.bytes(cursor.varint());
  if (!cursor.ok() || shared > name_.size()) {
    block_ = UINT32_MAX;
    rest_ = {};
    return false;
  }
  name_.resize(shared);
  name_ += suffix;
  rest_ = cursor.rest();
  return true;
}

std::vector<NameWalk::Place> NameWalk::places() const {
  std::vector<Place> places;
  std::uint64_t file = 0;
  ByteCursor cursor(place_bytes_);
  for (auto left = place_count_; left > 0 && !cursor.at_end(); --left) {
    file += cursor.varint();
    const auto ordinal = cursor.varint();
    if (!cursor.ok() || file >= table_.symbol_ends_.size() / 4 || ordinal > UINT32_MAX) break;
    places.push_back({static_cast<std::uint32_t>(file), static_cast<std::uint32_t>(ordinal)});
  }
  return places;
}

}  // namespace toolpost::project_index
