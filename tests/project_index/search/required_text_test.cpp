// SPDX-License-Identifier: Apache-2.0
#include "search/required_text.hpp"

#include <doctest/doctest.h>
#include <re2/re2.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace toolpost::project_index;

namespace {

struct Known {
  const char* pattern;
  const char* texts;  // joined with |
};

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : "|") + text;
  return out;
}

}  // namespace

TEST_CASE("required text: the longest that stands in every match") {
  constexpr Known kKnown[] = {
      {"needle", "needle"},
      {R"(planted_\w+ \d+)", "planted_"},
      {R"(\d+ of \d+)", " of "},
      {R"((readwrite|writeread)_\d+7\()", "readwrite|writeread"},
      {R"(^import\b)", "import"},
      {"ab+cde", "bcde"},
      {"abc*de", "ab"},
      {"abcd?e", "abc"},
      {"abc{2}de", "ab"},
      {"ab{,2}cd", "ab{,2}cd"},
      {"ab+?cd", "bcd"},
      {"x(needle)y", "needle"},
      {"(?:needle)+", "needle"},
      {"(?P<name>needle)", "needle"},
      {"(needle)?xy", "xy"},
      {"(needle){0}xy", "xy"},
      {"((ab|cd)efg|h)ij", "ij"},
      {"(ab(cdef)?gh)xyz", "xyz"},
      {"[]a]bc", "bc"},
      {"[^]a]bc", "bc"},
      {R"([a\]]bc)", "bc"},
      {"[[:alpha:]]bc", "bc"},
      {R"(a\.b\(c)", "a.b(c"},
      {"\xc3\xa4*bc", "bc"},
      {"ab\xc3\xa4+cde", "cde"},
      {"TODO|FIXME|XXX", "XXX|TODO|FIXME"},
      {"(get|set)_value", "_value"},
      {"(getter|setter)_v", "getter|setter"},
      {"foo|foobar|barfoot", "foo"},
      {"(abcd|(xyz|efgh\\d)!)", "xyz|abcd|efgh"},
      {"(def|class) +[A-Z]|struct", "def|class|struct"},
      {"((abc)+|def){1}", ""},
      {"a1234|b1234|c1234|d1234|e1234|f1234|g1234|h1234",
       "a1234|b1234|c1234|d1234|e1234|f1234|g1234|h1234"},
  };
  for (const auto& known : kKnown) {
    CAPTURE(known.pattern);
    CHECK(re2::RE2(known.pattern, re2::RE2::Quiet).ok());
    CHECK(joined(required_texts(known.pattern, false)) == known.texts);
  }
}

TEST_CASE("required text: where the look is not sure there is none") {
  for (const char* pattern : {"",
                              "a",
                              "ab|cd",
                              "a|",
                              "abc|",
                              "|abc",
                              "abc||def",
                              "abc|d.",
                              "(abc|def)?",
                              "(abc|def)*",
                              "aaaa|bbbb|cccc|dddd|eeee|ffff|gggg|hhhh|iiii",
                              "(?i)needle",
                              "(?i:needle)",
                              R"(\Qneedle\E)",
                              R"(\x41needle)",
                              R"(\pLneedle)",
                              R"(\d+)",
                              "(ab)*",
                              "a.b",
                              "(a|b)(c|d)",
                              "needle)"}) {
    CAPTURE(pattern);
    CHECK(required_texts(pattern, false).empty());
  }
  const std::string deep(100, '(');
  CHECK(required_texts(deep + "needle" + std::string(100, ')'), false).empty());
}

TEST_CASE("required text: without the case it is small, and without what folds to other letters") {
  CHECK(joined(required_texts("NEEDLE", true)) == "needle");
  CHECK(joined(required_texts("aSkip", true)) == "ip");
  CHECK(joined(required_texts("TODO|Desk", true)) == "");
  CHECK(joined(required_texts("TODO|Deck", true)) == "dec|todo");
  CHECK(joined(required_texts_of_literal("PLANTED_NEEDLE", true)) == "planted_needle");
  CHECK(joined(required_texts_of_literal("Kelvins", true)) == "elvin");
  CHECK(joined(required_texts_of_literal("ss", true)) == "");
  CHECK(joined(required_texts_of_literal("a.b*", true)) == "a.b*");
}

TEST_CASE("required text: no match of an expression lacks it") {
  std::mt19937 random(11);
  const auto one_of = [&]<std::size_t Size>(const char* const(&choices)[Size]) {
    return choices[random() % Size];
  };
  constexpr const char* kPieces[] = {
      "a",  "b",  "ab",  "(ab)", "(a|b)", "[ab]", "[^a]", ".",         "\\w",
      "b+", "a*", "b?",  "a{2}", "(b)?",  "^",    "$",    "\\b",       "|",
      "(a", ")",  "(?:", "+?",   "*",     "K",    "s",    "(aab|bab)", "abb|baa"};
  std::size_t matches = 0;
  std::size_t of_some = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string pattern;
    for (auto count = random() % 7 + 1; count > 0; --count) pattern += one_of(kPieces);
    const bool ignores_case = random() % 2 == 0;
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_case_sensitive(!ignores_case);
    const re2::RE2 regex(pattern, options);
    if (!regex.ok()) continue;
    const auto needed = required_texts(pattern, ignores_case);
    if (needed.empty()) continue;
    for (int text_number = 0; text_number < 20; ++text_number) {
      std::string text;
      for (auto count = random() % 9; count > 0; --count)
        text += one_of({"a", "b", "A", "B", "k", "\xe2\x84\xaa", "\xc5\xbf", " "});
      if (!re2::RE2::PartialMatch(text, regex)) continue;
      ++matches;
      of_some += needed.size() > 1 ? 1 : 0;
      auto small = text;
      if (ignores_case)
        for (char& byte : small)
          if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte + 32);
      CAPTURE(pattern);
      CAPTURE(text);
      CHECK(std::any_of(needed.begin(), needed.end(), [&](const std::string& one) {
        return small.find(one) != std::string::npos;
      }));
    }
  }
  CHECK(matches > 1000);
  CHECK(of_some > 100);
}
