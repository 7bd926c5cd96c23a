// SPDX-License-Identifier: Apache-2.0
#include "index/symbol_table_writer.hpp"

#include "index/byte_cursor.hpp"
#include "index/byte_sink.hpp"
#include "index/symbol_table.hpp"

#include <algorithm>
#include <cstddef>

namespace toolpost::project_index {
namespace {

constexpr unsigned kNumbersBetween = 4;  // a symbol's name and its signature

// The mark is one, so that it stands in no shape for itself.
bool is_in_word(char byte) noexcept {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == kWordMark;
}

std::uint64_t zigzag(std::uint32_t from, std::uint32_t to) noexcept {
  return to >= from ? std::uint64_t{to - from} << 1 : (std::uint64_t{from - to - 1} << 1) | 1;
}

// Where one name is defined, as it is built.
struct Places {
  std::uint64_t count = 0;
  std::uint32_t last_file = 0;
  std::string bytes;
};

std::size_t shared_prefix(std::string_view left, std::string_view right) noexcept {
  const auto [end, other] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  return static_cast<std::size_t>(end - left.begin());
}

// A text in an order of many. Most of them are told apart without a look at the whole.
struct Sorted {
  std::uint64_t beginning = 0;  // the first bytes, the first of all in the highest place
  std::string_view text;
  std::uint32_t number = 0;

  friend bool operator<(const Sorted& left, const Sorted& right) noexcept {
    return left.beginning != right.beginning ? left.beginning < right.beginning
                                             : left.text < right.text;
  }
};

std::vector<Sorted> sorted_texts(const InternedTexts& texts) {
  std::vector<Sorted> sorted(texts.size());
  for (std::uint32_t number = 0; number < sorted.size(); ++number) {
    const auto text = texts.text(number);
    std::uint64_t beginning = 0;
    for (std::size_t at = 0; at < sizeof beginning; ++at)
      beginning = beginning << 8 | (at < text.size() ? static_cast<unsigned char>(text[at]) : 0);
    sorted[number] = {beginning, text, number};
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

std::string names_section(const std::vector<Sorted>& sorted, const std::vector<Places>& places) {
  std::string begins;
  std::string text;
  for (std::size_t number = 0; number < sorted.size(); ++number) {
    const std::string_view name = sorted[number].text;
    std::size_t shared = 0;
    if (number % kNamesPerBlock == 0)
      put_fixed(begins, static_cast<std::uint32_t>(text.size()));
    else
      shared = shared_prefix(name, sorted[number - 1].text);
    put_varint(text, shared);
    put_varint(text, name.size() - shared);
    text += name.substr(shared);
    put_varint(text, places[number].count);
    put_varint(text, places[number].bytes.size());
    text += places[number].bytes;
  }
  std::string section;
  put_fixed(section, static_cast<std::uint32_t>(sorted.size()));
  put_fixed(section, static_cast<std::uint32_t>(begins.size() / 4));
  return section + begins + text;
}

}  // namespace

SymbolTableWriter::SymbolTableWriter(std::uint32_t file_count) : symbols_(file_count) {
  strings_.number_of("");
}

void SymbolTableWriter::add(std::uint32_t file, std::span<const SourceSymbol> symbols) {
  const std::lock_guard guard(mutex_);
  auto& packed = symbols_[file];
  std::uint32_t line = 0;
  for (const auto& symbol : symbols) {
    put_varint(packed, names_.number_of(symbol.name));
    put_varint(packed, strings_.number_of(symbol.kind));
    put_varint(packed, strings_.number_of(symbol.scope));
    put_varint(packed, zigzag(line, symbol.line));
    put_varint(packed, symbol.end_line >= symbol.line && symbol.end_line != 0
                           ? std::uint64_t{symbol.end_line - symbol.line} + 1
                           : 0);
    put_signature(symbol.signature, packed);
    line = symbol.line;
  }
  packed.shrink_to_fit();
  count_ += symbols.size();
}

void SymbolTableWriter::put_signature(std::string_view signature, std::string& packed) {
  signature = signature.substr(0, kMaxSignatureBytes);
  // Signatures differ, their shapes and words come again.
  std::string shape;
  std::string words;
  while (!signature.empty()) {
    const auto end = std::find_if_not(signature.begin(), signature.end(), is_in_word);
    const auto length = static_cast<std::size_t>(end - signature.begin());
    if (length > 0) put_varint(words, strings_.number_of(signature.substr(0, length)));
    shape += length > 0 ? kWordMark : signature.front();
    signature.remove_prefix(std::max<std::size_t>(length, 1));
  }
  put_varint(packed, strings_.number_of(shape));
  packed += words;
}

std::string SymbolTableWriter::strings_section() const {
  std::string ends;
  std::string text;
  for (std::uint32_t number = 0; number < strings_.size(); ++number) {
    text += strings_.text(number);
    put_fixed(ends, static_cast<std::uint32_t>(text.size()));
  }
  std::string section;
  put_fixed(section, strings_.size());
  return section + ends + text;
}

SymbolTableWriter::Sections SymbolTableWriter::sections() && {
  const auto sorted = sorted_texts(names_);
  std::vector<std::uint32_t> rank(sorted.size());
  for (std::uint32_t place = 0; place < sorted.size(); ++place) rank[sorted[place].number] = place;

  std::vector<Places> places(sorted.size());
  std::string ends;
  std::string text;
  for (std::uint32_t file = 0; file < symbols_.size(); ++file) {
    std::uint32_t ordinal = 0;
    for (ByteCursor cursor(symbols_[file]); !cursor.at_end(); ++ordinal) {
      const auto name = rank[cursor.varint()];
      put_varint(text, name);
      for (unsigned number = 0; number < kNumbersBetween; ++number)
        put_varint(text, cursor.varint());
      const auto shape = cursor.varint();
      put_varint(text, shape);
      const auto shape_text = strings_.text(static_cast<std::uint32_t>(shape));
      for (auto left = std::count(shape_text.begin(), shape_text.end(), kWordMark); left > 0;
           --left)
        put_varint(text, cursor.varint());
      auto& of_name = places[name];
      put_varint(of_name.bytes, file - of_name.last_file);
      put_varint(of_name.bytes, ordinal);
      of_name.last_file = file;
      ++of_name.count;
    }
    symbols_[file] = {};
    put_fixed(ends, static_cast<std::uint32_t>(text.size()));
  }
  Sections sections;
  put_fixed(sections.symbols, static_cast<std::uint32_t>(symbols_.size()));
  sections.symbols += ends;
  sections.symbols += text;
  sections.strings = strings_section();
  sections.names = names_section(sorted, places);
  return sections;
}

}  // namespace toolpost::project_index
