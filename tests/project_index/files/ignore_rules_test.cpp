// SPDX-License-Identifier: Apache-2.0
#include "files/ignore_rules.hpp"

#include <doctest/doctest.h>

using namespace toolpost::project_index;

namespace {

Verdict ask(const IgnoreFile& file, std::string_view path, bool is_directory = false) {
  return file.verdict({path, path.substr(path.rfind('/') + 1), is_directory});
}

Verdict ask(std::string_view rules, std::string_view path, bool is_directory = false) {
  return ask(IgnoreFile::parse(rules, ""), path, is_directory);
}

constexpr Verdict kNone = Verdict::kNone;
constexpr Verdict kIgnored = Verdict::kIgnored;
constexpr Verdict kKept = Verdict::kKept;

}  // namespace

TEST_CASE("ignore rules: a name holds everywhere, a path only from its base") {
  CHECK(ask("foo", "foo") == kIgnored);
  CHECK(ask("foo", "a/b/foo") == kIgnored);
  CHECK(ask("/foo", "foo") == kIgnored);
  CHECK(ask("/foo", "a/foo") == kNone);
  CHECK(ask("a/foo", "a/foo") == kIgnored);
  CHECK(ask("a/foo", "b/a/foo") == kNone);
  const IgnoreFile below = IgnoreFile::parse("/foo\nx/*.c\n", "src");
  CHECK(ask(below, "src/foo") == kIgnored);
  CHECK(ask(below, "src/x/a.c") == kIgnored);
  CHECK(ask(below, "src/y/x/a.c") == kNone);
  const IgnoreFile above = IgnoreFile::parse("/sub/foo\nbar\n/baz\n", "", "sub");
  CHECK(ask(above, "foo") == kIgnored);
  CHECK(ask(above, "bar") == kIgnored);
  CHECK(ask(above, "baz") == kNone);
}

TEST_CASE("ignore rules: the last one that matches counts, however it is found") {
  CHECK(ask("*.o\n!a.o\n", "a.o") == kKept);
  CHECK(ask("!a.o\n*.o\n", "a.o") == kIgnored);
  CHECK(ask("a.o\n!*.o\na?o\n", "a.o") == kIgnored);
  CHECK(ask("a?o\n!*.o\n", "a.o") == kKept);
  CHECK(ask("*.tar.gz\n!*.gz\n", "a.tar.gz") == kKept);
  CHECK(ask("*.gz\n!*.tar.gz\n", "a.tar.gz") == kKept);
}

TEST_CASE("ignore rules: a slash at the end wants a directory") {
  CHECK(ask("foo/", "foo") == kNone);
  CHECK(ask("foo/", "foo", true) == kIgnored);
  CHECK(ask("a/b/", "a/b", true) == kIgnored);
  CHECK(ask("*/", "foo", true) == kIgnored);
}

TEST_CASE("ignore rules: comments, escapes, blanks and line ends") {
  CHECK(ask("#a", "#a") == kNone);
  CHECK(ask("\\#a", "#a") == kIgnored);
  CHECK(ask("\\!a", "!a") == kIgnored);
  CHECK(ask("a  ", "a") == kIgnored);
  CHECK(ask("a\\ ", "a ") == kIgnored);
  CHECK(ask("a\\  ", "a ") == kIgnored);
  CHECK(ask("a\t", "a") == kNone);
  CHECK(ask("a\r\nb\r\n", "a") == kIgnored);
  CHECK(ask("\xEF\xBB\xBF"
            "a\n",
            "a") == kIgnored);
  CHECK(ask(std::string_view("a\0b\nc", 5), "a") == kIgnored);
  CHECK(ask("\n\n!\n/\n//\n", "a") == kNone);
}

TEST_CASE("ignore rules: two stars after the literal beginning, as git reads them") {
  CHECK(ask("foo**/bar", "foobar") == kIgnored);  // the glob begins behind "foo"
  CHECK(ask("a/**", "a/b/c") == kIgnored);
  CHECK(ask("a/**", "a", true) == kNone);
  CHECK(ask("**/a", "x/y/a") == kIgnored);
  CHECK(ask("a/**/b", "a/b") == kIgnored);
}

TEST_CASE("ignore rules: an inner file comes before an outer one") {
  const auto outer =
      std::make_shared<const IgnoreLevel>(nullptr, IgnoreFile::parse("*.o\nx\n", ""));
  const IgnoreLevel inner(outer, IgnoreFile::parse("!a.o\n", "sub"));
  const auto verdict = [&](std::string_view path) {
    return inner.verdict({path, path.substr(path.rfind('/') + 1), false});
  };
  CHECK(verdict("sub/a.o") == kKept);
  CHECK(verdict("sub/b.o") == kIgnored);
  CHECK(verdict("sub/y") == kNone);
}
