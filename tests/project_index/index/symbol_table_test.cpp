// SPDX-License-Identifier: Apache-2.0
// Symbols, written into sections and read from them.
#include "index/symbol_table.hpp"

#include "index/symbol_table_writer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace toolpost::project_index;

namespace {

SourceSymbol symbol(const std::string& name, std::uint32_t line, const std::string& signature) {
  SourceSymbol out;
  out.name = name;
  out.kind = "function";
  out.line = line;
  out.end_line = line + 2;
  out.signature = signature;
  return out;
}

std::vector<SourceSymbol> sample() {
  const std::vector<std::string> signatures{
      "",
      "()",
      "(struct list *list, int count)",
      "(struct node *node, int depth)",
      "(self, key=None, *rest) -> Größe",
      "\x01(a \x01 b)\x01\x01",
      std::string(kMaxSignatureBytes - 1, ',') + "word",
      "word",
      std::string("(\0)", 3),
  };
  std::vector<SourceSymbol> symbols;
  for (const auto& signature : signatures) {
    const auto number = static_cast<std::uint32_t>(symbols.size());
    symbols.push_back(symbol("name_" + std::to_string(number % 4), 10 * number, signature));
  }
  return symbols;
}

SymbolTableWriter::Sections written() {
  SymbolTableWriter writer(3);
  writer.add(2, sample());
  writer.add(0, {});
  const auto symbols = sample();
  writer.add(1, std::vector(symbols.rbegin(), symbols.rend()));
  CHECK(writer.count() == 2 * symbols.size());
  return std::move(writer).sections();
}

bool are_same(const SourceSymbol& read, SourceSymbol wanted) {
  wanted.signature.resize(std::min(wanted.signature.size(), kMaxSignatureBytes));
  return read == wanted;
}

}  // namespace

TEST_CASE("symbol table: each symbol is read as it was written, in its file and by its number") {
  const auto sections = written();
  const SymbolTable table(sections.strings, sections.names, sections.symbols);
  REQUIRE(table.is_sound(3));
  CHECK(table.symbols_of(0).empty());
  const auto wanted = sample();
  const auto forwards = table.symbols_of(2);
  const auto backwards = table.symbols_of(1);
  REQUIRE(forwards.size() == wanted.size());
  REQUIRE(backwards.size() == wanted.size());
  CHECK(table.count_of(2) == wanted.size());
  for (std::size_t at = 0; at < wanted.size(); ++at) {
    CHECK(are_same(forwards[at], wanted[at]));
    CHECK(are_same(backwards[wanted.size() - 1 - at], wanted[at]));
    const auto one = table.symbol(2, static_cast<std::uint32_t>(at), wanted[at].name);
    REQUIRE(one.has_value());
    CHECK(are_same(*one, wanted[at]));
  }
}

TEST_CASE("symbol table: a signature is a shape and its words, each kept once") {
  SymbolTableWriter writer(1);
  writer.add(0, std::vector{symbol("f", 1, "(int a, int b)"), symbol("g", 2, "(int b, int a)")});
  const auto strings = std::move(writer).sections().strings;
  const std::string mark(1, kWordMark);
  CHECK(strings.ends_with("functionintab(" + mark + " " + mark + ", " + mark + " " + mark + ")"));
}

TEST_CASE("symbol table: whatever byte of it is another, what is read ends") {
  const auto right = written();
  const auto read_all = [](const SymbolTableWriter::Sections& sections) {
    const SymbolTable table(sections.strings, sections.names, sections.symbols);
    if (!table.is_sound(3)) return;
    for (std::uint32_t file = 0; file < 3; ++file) {
      const auto read = table.symbols_of(file);
      CHECK(read.size() <= sections.symbols.size());
      for (const auto& one : read) CHECK(one.signature.size() < 2 * kMaxSignatureBytes);
    }
  };
  for (const char other : {'\0', '\x01', '\x7f', '\xff'}) {
    for (std::size_t at = 0; at < right.symbols.size(); ++at) {
      auto forged = right;
      forged.symbols[at] = other;
      read_all(forged);
    }
    for (std::size_t at = 0; at < right.strings.size(); ++at) {
      auto forged = right;
      forged.strings[at] = other;
      read_all(forged);
    }
  }
}
