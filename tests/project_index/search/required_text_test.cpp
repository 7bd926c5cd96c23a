// SPDX-License-Identifier: Apache-2.0
#include "search/required_text.hpp"

#include <doctest/doctest.h>
#include <re2/re2.h>

#include <random>

using namespace toolpost::project_index;

namespace {

struct Known {
  const char* pattern;
  const char* text;
};

}  // namespace

TEST_CASE("required text: the longest that stands in every match") {
  constexpr Known kKnown[] = {
      {"needle", "needle"},       {R"(planted_\w+ \d+)", "planted_"},
      {R"(\d+ of \d+)", " of "},  {R"((readwrite|writeread)_\d+7\()", "7("},
      {R"(^import\b)", "import"}, {"ab+cde", "bcde"},
      {"abc*de", "ab"},           {"abcd?e", "abc"},
      {"abc{2}de", "ab"},         {"ab{,2}cd", "ab{,2}cd"},
      {"ab+?cd", "bcd"},          {"x(needle)y", "needle"},
      {"(?:needle)+", "needle"},  {"(?P<name>needle)", "needle"},
      {"(needle)?xy", "xy"},      {"(needle){0}xy", "xy"},
      {"((ab|cd)efg|h)ij", "ij"}, {"(ab(cdef)?gh)xyz", "xyz"},
      {"[]a]bc", "bc"},           {"[^]a]bc", "bc"},
      {R"([a\]]bc)", "bc"},       {"[[:alpha:]]bc", "bc"},
      {R"(a\.b\(c)", "a.b(c"},    {"\xc3\xa4*bc", "bc"},
      {"ab\xc3\xa4+cde", "cde"},
  };
  for (const auto& known : kKnown) {
    CAPTURE(known.pattern);
    CHECK(re2::RE2(known.pattern, re2::RE2::Quiet).ok());
    CHECK(required_text(known.pattern, false) == known.text);
  }
}

TEST_CASE("required text: where the look is not sure there is none") {
  for (const char* pattern :
       {"", "a", "ab|cd", "a|", "(?i)needle", "(?i:needle)", R"(\Qneedle\E)", R"(\x41needle)",
        R"(\pLneedle)", R"(\d+)", "(ab)*", "a.b", "(a|b)(c|d)", "needle)"}) {
    CAPTURE(pattern);
    CHECK(required_text(pattern, false).empty());
  }
  const std::string deep(100, '(');
  CHECK(required_text(deep + "needle" + std::string(100, ')'), false).empty());
}

TEST_CASE("required text: without the case it is small, and without what folds to other letters") {
  CHECK(required_text("NEEDLE", true) == "needle");
  CHECK(required_text("aSkip", true) == "ip");
  CHECK(required_text_of_literal("PLANTED_NEEDLE", true) == "planted_needle");
  CHECK(required_text_of_literal("Kelvins", true) == "elvin");
  CHECK(required_text_of_literal("ss", true).empty());
  CHECK(required_text_of_literal("a.b*", true) == "a.b*");
}

TEST_CASE("required text: no match of an expression lacks it") {
  std::mt19937 random(11);
  const auto one_of = [&]<std::size_t Size>(const char* const(&choices)[Size]) {
    return choices[random() % Size];
  };
  constexpr const char* kPieces[] = {
      "a",    "b", "ab", "(ab)", "(a|b)", "[ab]", "[^a]", ".",   "\\w", "b+", "a*", "b?", "a{2}",
      "(b)?", "^", "$",  "\\b",  "|",     "(a",   ")",    "(?:", "+?",  "*",  "K",  "s"};
  std::size_t matches = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string pattern;
    for (auto count = random() % 7 + 1; count > 0; --count) pattern += one_of(kPieces);
    const bool ignores_case = random() % 2 == 0;
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_case_sensitive(!ignores_case);
    const re2::RE2 regex(pattern, options);
    if (!regex.ok()) continue;
    const auto needed = required_text(pattern, ignores_case);
    if (needed.empty()) continue;
    for (int text_number = 0; text_number < 20; ++text_number) {
      std::string text;
      for (auto count = random() % 9; count > 0; --count)
        text += one_of({"a", "b", "A", "B", "k", "\xe2\x84\xaa", "\xc5\xbf", " "});
      if (!re2::RE2::PartialMatch(text, regex)) continue;
      ++matches;
      auto small = text;
      if (ignores_case)
        for (char& byte : small)
          if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte + 32);
      CAPTURE(pattern);
      CAPTURE(text);
      CHECK(small.find(needed) != std::string::npos);
    }
  }
  CHECK(matches > 1000);
}
