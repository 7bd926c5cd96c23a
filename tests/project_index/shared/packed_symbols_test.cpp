// SPDX-License-Identifier: Apache-2.0
#include "shared/packed_symbols.hpp"

#include "symbols/symbol_line.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace toolpost::project_index;

namespace {

const std::vector<SourceText> kTexts = {{"a.py", "def a():\n  pass\n\ndef b(): pass\n"},
                                        {"empty.py", "\n"}};

std::vector<FileSymbols> found_symbols() {
  return {FileSymbols(std::vector<SourceSymbol>{{"a", "function", "", "()", 1, 2},
                                                {"b", "function", "scope", "(x, y)", 4, 0}}),
          FileSymbols(std::vector<SourceSymbol>())};
}

bool are_same(const std::vector<FileSymbols>& one, const std::vector<FileSymbols>& other) {
  if (one.size() != other.size()) return false;
  for (std::size_t at = 0; at < one.size(); ++at)
    if (*one[at] != *other[at]) return false;
  return true;
}

std::string packed(std::vector<SourceSymbol> symbols) {
  return packed_symbols(std::vector<FileSymbols>{FileSymbols(std::move(symbols)),
                                                 FileSymbols(std::vector<SourceSymbol>())});
}

}  // namespace

TEST_CASE("packed symbols: what is packed comes out as it was") {
  const auto unpacked = unpacked_symbols(packed_symbols(found_symbols()), kTexts);
  REQUIRE(unpacked.has_value());
  CHECK(are_same(*unpacked, found_symbols()));
}

TEST_CASE("packed symbols: nothing that is cut, longer, or of other texts is taken") {
  const auto whole = packed_symbols(found_symbols());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(unpacked_symbols(whole.substr(0, size), kTexts).has_value());
  }
  CHECK_FALSE(unpacked_symbols(whole + '\0', kTexts).has_value());
  CHECK_FALSE(unpacked_symbols(whole, std::span(kTexts).first(1)).has_value());
  auto later = whole;
  later[1] = '2';
  CHECK_FALSE(unpacked_symbols(later, kTexts).has_value());
}

TEST_CASE("packed symbols: what no parser would say is not taken") {
  CHECK(unpacked_symbols(packed({{"a", "", "", "", 1, 2}}), kTexts).has_value());
  CHECK_FALSE(unpacked_symbols(packed({{"", "", "", "", 1, 2}}), kTexts).has_value());
  CHECK_FALSE(unpacked_symbols(packed({{"a", "", "", "", 1000, 0}}), kTexts).has_value());
  CHECK_FALSE(unpacked_symbols(packed({{"a", "", "", "", 1, 1000}}), kTexts).has_value());
  CHECK_FALSE(unpacked_symbols(packed({{"a", "", "", "", 3, 0}, {"b", "", "", "", 2, 0}}), kTexts)
                  .has_value());
  const std::string long_name(SymbolLineReader::kMaxName + 1, 'n');
  CHECK_FALSE(unpacked_symbols(packed({{long_name, "", "", "", 1, 0}}), kTexts).has_value());
  const std::string long_detail(SymbolLineReader::kMaxDetail + 1, 'd');
  CHECK_FALSE(unpacked_symbols(packed({{"a", "", "", long_detail, 1, 0}}), kTexts).has_value());
}

TEST_CASE("packed symbols: bytes that are changed at random cost neither memory nor the process") {
  const auto whole = packed_symbols(found_symbols());
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    auto changed = whole;
    for (unsigned count = 0; count <= random() % 4; ++count)
      changed[random() % changed.size()] = static_cast<char>(random());
    if (const auto unpacked = unpacked_symbols(changed, kTexts))
      CHECK(unpacked->size() == kTexts.size());
  }
  // A count of symbols far beyond the bytes that follow.
  const std::string huge(
      "\1"
      "1"
      "\2"
      "\xff\xff\xff\xff\x0f"
      "abc",
      11);
  CHECK_FALSE(unpacked_symbols(huge, kTexts).has_value());
}
