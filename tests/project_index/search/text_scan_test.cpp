// SPDX-License-Identifier: Apache-2.0
#include "search/text_scan.hpp"

#include "search/shown_line.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace toolpost::project_index;

namespace {

std::vector<Match> scanned(std::string_view text, const SearchQuery& query) {
  const auto pattern = LinePattern::compile(query);
  REQUIRE_MESSAGE(pattern.ok(), (pattern.ok() ? "" : pattern.refusal().text));
  return scan_text(text, *pattern, query.context_lines, 1000, StopToken()).matches;
}

// "line:column" of each match.
std::string places(std::string_view text, const SearchQuery& query) {
  std::string places;
  for (const auto& match : scanned(text, query))
    places += (places.empty() ? "" : " ") + std::to_string(match.line) + ":" +
              std::to_string(match.column);
  return places;
}

std::string refusal(const SearchQuery& query) {
  const auto pattern = LinePattern::compile(query);
  return pattern.ok() ? "accepted" : pattern.refusal().text;
}

}  // namespace

TEST_CASE("scan: a line counts once, at its first match") {
  CHECK(places("one two one\nnone\nthree", {.pattern = "one"}) == "1:1 2:2");
  CHECK(places("last line one", {.pattern = "one"}) == "1:11");
  CHECK(places("", {.pattern = "one"}) == "");
  CHECK(places("\n\nx", {.pattern = "x"}) == "3:1");
}

TEST_CASE("scan: case, words, and both") {
  CHECK(places("Foo\nfoo", {.pattern = "foo"}) == "2:1");
  CHECK(places("Foo\nfoo", {.pattern = "foo", .ignore_case = true}) == "1:1 2:1");
  CHECK(places("a.b\naxb", {.pattern = "A.B", .ignore_case = true}) == "1:1");
  CHECK(places("food foo\nxfoo\nfoo_\n(foo)", {.pattern = "foo", .whole_word = true}) == "1:6 4:2");
  CHECK(places("FOOD FOO\n-x- y", {.pattern = "foo", .ignore_case = true, .whole_word = true}) ==
        "1:6");
  CHECK(places("food foo\nfo", {.pattern = "fo+", .is_regex = true, .whole_word = true}) ==
        "1:6 2:1");
  CHECK(places("a -x- b", {.pattern = "-x-", .whole_word = true}) == "1:3");
  CHECK(places("a -x- b", {.pattern = "-x-", .is_regex = true, .whole_word = true}) == "1:3");
}

TEST_CASE("scan: expressions see lines, never across their ends") {
  CHECK(places("ab\ncd\n", {.pattern = "b\\sc", .is_regex = true}) == "");
  CHECK(places("ab\ncd\n", {.pattern = "(?s)b.c", .is_regex = true}) == "");
  CHECK(places("ab\ncd\n", {.pattern = "b[^x]*c", .is_regex = true}) == "");
  CHECK(places("ab\ncd\n", {.pattern = "^c|b$", .is_regex = true}) == "1:2 2:1");
  CHECK(places("ab\n\ncd\n", {.pattern = "^$", .is_regex = true}) == "2:1");
  CHECK(places("ab\ncd\n", {.pattern = "x*", .is_regex = true}) == "1:1 2:1");
  CHECK(places("a|b\n", {.pattern = "\\Qa|b", .is_regex = true}) == "1:1");
}

TEST_CASE("scan: a byte order mark is no text") {
  CHECK(places("\xef\xbb\xbfimport x\n", {.pattern = "^import", .is_regex = true}) == "1:1");
}

TEST_CASE("scan: context stays within the text") {
  const auto matches =
      scanned("a\nb\nc\nd\ne", {.pattern = "[ae]|c", .is_regex = true, .context_lines = 2});
  REQUIRE(matches.size() == 3);
  CHECK(matches[0].before.empty());
  CHECK(matches[0].after == std::vector<std::string>{"b", "c"});
  CHECK(matches[1].before == std::vector<std::string>{"a", "b"});
  CHECK(matches[2].before == std::vector<std::string>{"c", "d"});
  CHECK(matches[2].after.empty());
}

TEST_CASE("scan: lines beyond the size of a piece are found and counted") {
  std::string text;
  for (int line = 1; line <= 50'000; ++line)
    text += line % 10'000 == 0 ? "needle here\n" : "some hay " + std::to_string(line) + "\n";
  CHECK(places(text, {.pattern = "needle"}) == "10000:1 20000:1 30000:1 40000:1 50000:1");
  CHECK(places(text, {.pattern = "^needle here$", .is_regex = true}) ==
        "10000:1 20000:1 30000:1 40000:1 50000:1");
}

TEST_CASE("scan: a stopped one ends at once") {
  StopToken stop;
  stop.stop();
  const auto pattern = LinePattern::compile({.pattern = "x"});
  CHECK(scan_text("x\nx\n", *pattern, 0, 10, stop).matches.empty());
}

TEST_CASE("pattern: what is wrong is named") {
  CHECK(refusal({.pattern = ""}) == "pattern: it is empty");
  CHECK(refusal({.pattern = "a\nb"}) ==
        "pattern: it holds a line break, and lines are searched one by one");
  CHECK(refusal({.pattern = std::string(4097, 'a')}) ==
        "pattern: it has 4097 bytes, at most 4096 are allowed");
  CHECK(refusal({.pattern = "ab(c", .is_regex = true}).find("pattern: missing ): ab(c") == 0);
  CHECK(refusal({.pattern = "ab[z-a]", .is_regex = true}) ==
        "pattern: invalid character class range: z-a (byte 4)");
  CHECK(refusal({.pattern = "(?=x)", .is_regex = true}).find("pattern: invalid perl operator") ==
        0);
  CHECK(refusal({.pattern = "\xff", .is_regex = true}).find("pattern: invalid UTF-8") == 0);
  CHECK(refusal({.pattern = "((a{1,100}){1,100}){1,100}", .is_regex = true}).find("pattern: ") ==
        0);
}

TEST_CASE("shown line: valid, short, and the match in sight") {
  CHECK(shown_line("plain\r") == "plain");
  CHECK(shown_line("a\xff"
                   "b\xc3\xa4\xed\xa0\x80") ==
        "a\xef\xbf\xbd"
        "b\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  const auto begun = shown_line(std::string(1000, 'a'));
  CHECK(begun == std::string(kMaxShownBytes, 'a') + "\xe2\x80\xa6");
  auto line = std::string(5000, 'a');
  line.replace(3000, 6, "needle");
  const auto cut = shown_line(line, 3000);
  CHECK(cut.size() == kMaxShownBytes + 6);
  CHECK(
      cut.starts_with("\xe2\x80\xa6"
                      "aaa"));
  CHECK(cut.find("needle") != std::string::npos);
  CHECK(shown_line(line, 4999).ends_with("a"));
  std::string wide;
  for (int count = 0; count < 400; ++count) wide += "\xe2\x82\xac";
  CHECK(shown_line(wide, 600).find("\xef\xbf\xbd") == std::string::npos);
}

TEST_CASE(
    "scan: of long lines those are left out, and counted, that an expression is too slow for") {
  std::mt19937 random(1);
  std::string slow;
  while (slow.size() < 2'000'000) slow += "ab"[random() % 2];
  const std::string text = "abc\n" + slow + "\nabc\n" + slow + "c\nabc";
  const SearchQuery hard{.pattern = "(?:a[ab]{30}|b[ab]{31}){8}c|abc$", .is_regex = true};
  const auto pattern = LinePattern::compile(hard);
  REQUIRE(pattern.ok());
  const auto scanned = scan_text(text, *pattern, 0, 10, StopToken());
  CHECK(scanned.undecided_lines == 2);
  REQUIRE(scanned.matches.size() == 3);
  CHECK(scanned.matches[1].line == 3);
  CHECK(scanned.matches[2].line == 5);
  // What is fast is found in them, and what every match holds is looked for first.
  CHECK(places(text, {.pattern = "[ab]c$", .is_regex = true}) == "1:2 3:2 4:2000000 5:2");
  const auto needed =
      LinePattern::compile({.pattern = "(?:a[ab]{30}|b[ab]{31}){8}needle", .is_regex = true});
  REQUIRE(needed.ok());
  CHECK(scan_text(text, *needed, 0, 10, StopToken()).undecided_lines == 0);
}
