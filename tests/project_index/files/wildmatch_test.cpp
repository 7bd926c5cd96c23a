// SPDX-License-Identifier: Apache-2.0
#include "files/wildmatch.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using toolpost::project_index::Wildmatch;

namespace {

bool in_path(std::string_view glob, std::string_view text) {
  return Wildmatch(glob, Wildmatch::Slashes::kSpecial).matches(text);
}

bool in_name(std::string_view glob, std::string_view text) {
  return Wildmatch(glob, Wildmatch::Slashes::kOrdinary).matches(text);
}

}  // namespace

TEST_CASE("wildmatch: a star stops at a slash, two between slashes do not") {
  CHECK(in_path("a*c", "abc"));
  CHECK(in_path("a*c", "ac"));
  CHECK_FALSE(in_path("a*c", "a/c"));
  CHECK_FALSE(in_path("*", "a/b"));
  CHECK(in_name("a*c", "a/c"));
  CHECK(in_path("a/**/c", "a/c"));
  CHECK(in_path("a/**/c", "a/b/b/c"));
  CHECK_FALSE(in_path("a/**/c", "abc"));
  CHECK(in_path("**/c", "c"));
  CHECK(in_path("**/c", "a/b/c"));
  CHECK_FALSE(in_path("**/c", "bc"));
  CHECK(in_path("a/**", "a/b/c"));
  CHECK_FALSE(in_path("a/**", "a"));
  CHECK_FALSE(in_path("a**c", "a/c"));
  CHECK(in_path("a/***/c", "a/b/c"));
}

TEST_CASE("wildmatch: what stands between brackets") {
  CHECK(in_path("[a-c]", "b"));
  CHECK_FALSE(in_path("[!a-c]", "b"));
  CHECK(in_path("[^a-c]", "d"));
  CHECK(in_path("[]a]", "]"));
  CHECK(in_path("[!]a]", "b"));
  CHECK(in_path("[a-]", "-"));
  CHECK(in_path("[\\]]", "]"));
  CHECK(in_path("[[:digit:]x]", "7"));
  CHECK(in_path("[[:upper:]]", "A"));
  CHECK_FALSE(in_path("[[:upper:]]", "a"));
  CHECK(in_path("[[:xdigit:]]", "f"));
  CHECK_FALSE(in_path("[/]", "/"));
  CHECK_FALSE(in_path("[!a]", "/"));
  CHECK_FALSE(in_path("[c-a]", "b"));
}

TEST_CASE("wildmatch: what is malformed matches nothing") {
  CHECK_FALSE(in_path("[a", "[a"));
  CHECK_FALSE(in_path("[", "["));
  CHECK_FALSE(in_path("[[:nope:]]", "n"));
  CHECK_FALSE(in_path("a\\", "a"));
  CHECK_FALSE(in_path("a\\", "a\\"));
  CHECK_FALSE(in_path("*[a", "a"));
}

TEST_CASE("wildmatch: a backslash takes the next character literally") {
  CHECK(in_path("\\*", "*"));
  CHECK_FALSE(in_path("\\*", "a"));
  CHECK(in_path("\\a", "a"));
  CHECK(in_path("a\\?", "a?"));
}

TEST_CASE("wildmatch: bytes of several stay apart") {
  CHECK_FALSE(in_path("?", "\xC3\xA4"));
  CHECK(in_path("??", "\xC3\xA4"));
  CHECK(in_path("\xC3\xA4*", "\xC3\xA4x"));
}

TEST_CASE("wildmatch: a hostile glob costs no more than its length times the text's") {
  std::string glob;
  for (int count = 0; count < 60; ++count) glob += "*a";
  glob += "*b";
  std::string deep;
  for (int count = 0; count < 30; ++count) deep += "**/a*/";
  deep += "b";
  std::string path;
  for (int count = 0; count < 400; ++count) path += "a/";
  const auto begin = std::chrono::steady_clock::now();
  CHECK_FALSE(in_path(glob, std::string(4096, 'a')));
  CHECK_FALSE(in_name(glob, std::string(255, 'a')));
  CHECK_FALSE(in_path(deep, path + "c"));
  // Without a bound each of them takes longer than the age of the universe.
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}
