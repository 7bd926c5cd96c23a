// SPDX-License-Identifier: Apache-2.0
#include "policy/glob.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using toolpost::policy::matches_glob;

namespace {

// The definition, word for word; exponential, so for short texts only.
bool by_definition(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    for (std::size_t taken = 0; taken <= text.size(); ++taken) {
      if (by_definition(pattern.substr(1), text.substr(taken))) return true;
    }
    return false;
  }
  if (text.empty()) return false;
  if (pattern.front() != '?' && pattern.front() != text.front()) return false;
  return by_definition(pattern.substr(1), text.substr(1));
}

}  // namespace

TEST_CASE("glob: covers the whole text") {
  CHECK(matches_glob("", ""));
  CHECK(matches_glob("*", ""));
  CHECK(matches_glob("a*c", "abbc"));
  CHECK(matches_glob("a?c", "abc"));
  CHECK_FALSE(matches_glob("a?c", "ac"));
  CHECK_FALSE(matches_glob("abc", "abcd"));
  CHECK_FALSE(matches_glob("bc", "abc"));
  CHECK_FALSE(matches_glob("a[b]c", "abc"));
}

TEST_CASE("glob: says what its definition says") {
  std::mt19937 random{20260728};  // fixed: a failure can be repeated
  const auto draw = [&](std::string_view from, std::size_t longest) {
    std::string text;
    for (std::size_t left = random() % (longest + 1); left != 0; --left) {
      text += from[random() % from.size()];
    }
    return text;
  };
  for (int round = 0; round < 20'000; ++round) {
    const std::string pattern = draw("ab*?", 6);
    const std::string text = draw("ab", 8);
    CHECK_MESSAGE(matches_glob(pattern, text) == by_definition(pattern, text), pattern, " ", text);
  }
}

TEST_CASE("glob: many stars do not make it slow") {
  std::string pattern;
  for (int i = 0; i < 2000; ++i) pattern += "*a";
  CHECK_FALSE(matches_glob(pattern + "b", std::string(20'000, 'a')));
}
