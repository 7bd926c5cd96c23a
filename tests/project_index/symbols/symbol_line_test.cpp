// SPDX-License-Identifier: Apache-2.0
// Single lines of ctags: what is a symbol, what is not, and what does not fit.
#include "symbols/symbol_line.hpp"

#include <doctest/doctest.h>

#include <string>

namespace toolpost::project_index::test {
namespace {

LineKind kind_of(std::string_view line) {
  SymbolLineReader reader;
  SourceSymbol symbol;
  return reader.read(line, symbol);
}

}  // namespace

TEST_CASE("symbol line: every part of a tag is taken") {
  SymbolLineReader reader;
  SourceSymbol symbol;
  CHECK(reader.read("+run\t3\t9\tmethod\t(int a)\ta::B", symbol) == LineKind::kSymbol);
  CHECK(symbol == SourceSymbol{"run", "method", "a::B", "(int a)", 3, 9});
}

TEST_CASE("symbol line: what a tag lacks is empty, also after a tag that had it") {
  SymbolLineReader reader;
  SourceSymbol symbol{"old", "old", "old", "old", 7, 8};
  CHECK(reader.read("+X\t\t\tmacro\t-\t", symbol) == LineKind::kSymbol);
  CHECK(symbol == SourceSymbol{"X", "macro", "", "", 0, 0});
}

TEST_CASE("symbol line: what is escaped in it is what the source has") {
  SymbolLineReader reader;
  SourceSymbol symbol;
  CHECK(reader.read(R"(+\x21a\tb\\t\x01\n)"
                    "\xff\t1\t2\tchapter\t"
                    R"((a="\\\"))"
                    "\t"
                    R"(\q\xg\x)",
                    symbol) == LineKind::kSymbol);
  CHECK(symbol.name == "!a\tb\\t\x01\n\xff");
  CHECK(symbol.signature == R"((a="\"))");
  CHECK(symbol.scope == "qxgx");  // no escapes that ctags writes
}

TEST_CASE("symbol line: the end of an answer is told by its type alone") {
  CHECK(kind_of(R"({"_type": "completed", "command": "generate-tags"})") == LineKind::kCompleted);
  CHECK(kind_of("+{\"_type\": \"completed\"}\t1\t1\tchapter\t\t") == LineKind::kSymbol);
}

TEST_CASE("symbol line: an error that ctags calls fatal is told apart from a warning") {
  CHECK(kind_of(R"({"_type": "error", "message": "out of memory", "fatal": true})") ==
        LineKind::kFatal);
}

TEST_CASE("symbol line: greetings, warnings and rubbish are nothing") {
  for (const char* line :
       {R"({"_type": "program", "name": "Universal Ctags", "version": "5.9.0"})",
        R"({"_type": "error", "message": "ignoring null tag", "warning": true})",
        R"({"_type": "tag", "name": "x"})", R"({"_type": ["completed"]})", "", "[]", "x",
        R"({"_type": "completed")", "\xff", "+", "+x", "+x\t1\t2\tfunction\t()",
        "+x\t1\t2\tfunction\t()\t\t", "+\t1\t2\tfunction\t()\t"}) {
    CAPTURE(line);
    CHECK(kind_of(line) == LineKind::kNothing);
  }
}

TEST_CASE("symbol line: made-up names are left out") {
  const auto kind_of_name = [](const std::string& name) {
    return kind_of("+" + name + "\t1\t2\tfunction\t\t");
  };
  CHECK(kind_of_name("__anon0b8855d70111") == LineKind::kNothing);
  CHECK(kind_of_name("AnonymousFunction7c9312110100") == LineKind::kNothing);
  CHECK(kind_of_name("anonymousClass0e7dfa000201") == LineKind::kNothing);
  CHECK(kind_of_name("AnonymousLogin") == LineKind::kSymbol);
  CHECK(kind_of_name("__anon") == LineKind::kSymbol);
  CHECK(kind_of_name("__anonymous") == LineKind::kSymbol);
}

TEST_CASE("symbol line: made-up names are left out of scopes") {
  CHECK(without_anonymous("a::__anon0b8855d70111::B") == "a::B");
  CHECK(without_anonymous("__anon0b8855d70111::B") == "B");
  CHECK(without_anonymous("a::__anon0b8855d70111") == "a");
  CHECK(without_anonymous("a.AnonymousFunction7c9312110100.b") == "a.b");
  CHECK(without_anonymous("__anon1") == "");
  CHECK(without_anonymous("") == "");
  CHECK(without_anonymous("a::B") == "a::B");
  CHECK(without_anonymous("Setting up: running.") == "Setting up: running.");
}

TEST_CASE("symbol line: what is too long is no name, and no signature") {
  const std::string name(513, 'a');
  CHECK(kind_of("+" + name + "\t1\t2\tfunction\t\t") == LineKind::kNothing);
  SymbolLineReader reader;
  SourceSymbol symbol;
  CHECK(reader.read("+" + name.substr(1) + "\t-4\t99999999999\tfunction\t" +
                        std::string(1025, 's') + "\t" + std::string(1024, 's'),
                    symbol) == LineKind::kSymbol);
  CHECK(symbol.name.size() == 512);
  CHECK(symbol.signature.empty());
  CHECK(symbol.scope.size() == 1024);
  CHECK(symbol.line == 0);
  CHECK(symbol.end_line == 4294967295U);
}

}  // namespace toolpost::project_index::test
