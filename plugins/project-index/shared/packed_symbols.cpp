// SPDX-License-Identifier: Apache-2.0
#include "shared/packed_symbols.hpp"

#include "index/byte_cursor.hpp"
#include "index/byte_sink.hpp"
#include "symbols/symbol_line.hpp"

namespace toolpost::project_index {
namespace {

// Six numbers: a symbol takes no fewer bytes, so that a count can be told from a false one.
constexpr std::size_t kLeastSymbol = 6;

void put_text(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out += text;
}

bool take_text(ByteCursor& cursor, std::size_t limit, std::string& text) {
  const auto size = cursor.varint();
  if (size > limit) return false;
  text = cursor.bytes(size);
  return cursor.ok();
}

bool take_line(ByteCursor& cursor, std::size_t last, std::uint32_t& line) {
  const auto number = cursor.varint();
  line = static_cast<std::uint32_t>(number);
  return cursor.ok() && number <= last;
}

bool take_symbol(ByteCursor& cursor, std::size_t last_line, SourceSymbol& symbol) {
  constexpr auto kMaxDetail = SymbolLineReader::kMaxDetail;
  return take_text(cursor, SymbolLineReader::kMaxName, symbol.name) && !symbol.name.empty() &&
         take_text(cursor, kMaxDetail, symbol.kind) &&
         take_text(cursor, kMaxDetail, symbol.scope) &&
         take_text(cursor, kMaxDetail, symbol.signature) &&
         take_line(cursor, last_line, symbol.line) && take_line(cursor, last_line, symbol.end_line);
}

bool take_symbols(ByteCursor& cursor, std::string_view content,
                  std::vector<SourceSymbol>& symbols) {
  const auto count = cursor.varint();
  if (!cursor.ok() || count > cursor.rest().size() / kLeastSymbol) return false;
  symbols.resize(count);
  std::uint32_t line = 0;
  for (auto& symbol : symbols) {
    if (!take_symbol(cursor, content.size() + 1, symbol) || symbol.line < line) return false;
    line = symbol.line;
  }
  return true;
}

}  // namespace

std::string packed_symbols(std::span<const FileSymbols> answers) {
  std::string out;
  put_text(out, kPackedSymbolsVersion);
  put_varint(out, answers.size());
  for (const auto& answer : answers) {
    put_varint(out, answer->size());
    for (const auto& symbol : *answer) {
      for (const auto* text : {&symbol.name, &symbol.kind, &symbol.scope, &symbol.signature})
        put_text(out, *text);
      put_varint(out, symbol.line);
      put_varint(out, symbol.end_line);
    }
  }
  return out;
}

std::optional<std::vector<FileSymbols>> unpacked_symbols(std::string_view bytes,
                                                         std::span<const SourceText> texts) {
  ByteCursor cursor(bytes);
  std::string version;
  if (!take_text(cursor, kPackedSymbolsVersion.size(), version) ||
      version != kPackedSymbolsVersion || cursor.varint() != texts.size())
    return std::nullopt;
  std::vector<FileSymbols> answers;
  answers.reserve(texts.size());
  for (const auto& text : texts) {
    std::vector<SourceSymbol> symbols;
    if (!take_symbols(cursor, text.content, symbols)) return std::nullopt;
    answers.emplace_back(std::move(symbols));
  }
  if (!cursor.at_end()) return std::nullopt;
  return answers;
}

}  // namespace toolpost::project_index
