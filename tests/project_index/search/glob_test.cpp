// SPDX-License-Identifier: Apache-2.0
#include "search/glob.hpp"

#include <doctest/doctest.h>

using namespace toolpost::project_index;

namespace {

bool fits(std::string_view glob, std::string_view path) {
  const auto filter = GlobFilter::compile({std::string(glob)}, {});
  REQUIRE_MESSAGE(filter.ok(), (filter.ok() ? "" : filter.refusal().text));
  return filter->fits(path);
}

std::string refusal(std::string_view glob) {
  const auto filter = GlobFilter::compile({"*.c"}, {"x", std::string(glob)});
  return filter.ok() ? "accepted" : filter.refusal().text;
}

}  // namespace

TEST_CASE("glob: without a slash any directory's, with one from the root") {
  CHECK(fits("*.py", "a.py"));
  CHECK(fits("*.py", "a/b/c.py"));
  CHECK_FALSE(fits("*.py", "a.pyc"));
  CHECK(fits("Makefile", "sub/Makefile"));
  CHECK_FALSE(fits("Makefile", "sub/Makefile.in"));
  CHECK(fits("src/*.c", "src/a.c"));
  CHECK_FALSE(fits("src/*.c", "src/b/a.c"));
  CHECK_FALSE(fits("src/*.c", "x/src/a.c"));
  CHECK(fits("/a.c", "a.c"));
  CHECK_FALSE(fits("/a.c", "b/a.c"));
}

TEST_CASE("glob: stars, marks, classes, braces, directories") {
  CHECK(fits("src/**/*.c", "src/a.c"));
  CHECK(fits("src/**/*.c", "src/x/y/a.c"));
  CHECK(fits("**/test/*.c", "test/a.c"));
  CHECK(fits("docs/**", "docs/a/b"));
  CHECK_FALSE(fits("docs/**", "docs"));
  CHECK(fits("docs/", "docs/a/b"));
  CHECK(fits("docs/", "x/docs/a"));
  CHECK_FALSE(fits("docs/", "docs"));
  CHECK(fits("a?c", "abc"));
  CHECK_FALSE(fits("a?c", "a/c"));
  CHECK(fits("[a-c]x", "bx"));
  CHECK_FALSE(fits("[!a-c]x", "bx"));
  CHECK(fits("[]x]", "]"));
  CHECK(fits("*.{c,h}", "d/a.h"));
  CHECK_FALSE(fits("*.{c,h}", "a.cpp"));
  CHECK(fits("a\\*b", "a*b"));
  CHECK_FALSE(fits("a\\*b", "axb"));
  CHECK(fits("a+(b).c", "a+(b).c"));
  CHECK(fits("*", "\xff\xfe"));
}

TEST_CASE("glob: what fits a directory fits all that is in it, as in .gitignore") {
  for (const char* glob :
       {"node_modules", "/src", "src", "src/*", "src**", "sub", "**/sub", "[[:lower:]]ub"}) {
    CAPTURE(glob);
    CHECK(fits(glob,
               std::string_view(glob) == "node_modules" ? "a/node_modules/b/c.js" : "src/sub/a.c"));
  }
  CHECK_FALSE(fits("sub", "subway/a.c"));
  CHECK_FALSE(fits("/sub", "src/sub/a.c"));
  CHECK(fits("*.d", "conf.d/x"));
  CHECK(fits("[[:alpha:]].txt", "b.txt"));
  CHECK_FALSE(fits("[![:alpha:]].txt", "b.txt"));
  CHECK(refusal("!x").find("'!'") != std::string::npos);
  CHECK(fits("\\!x", "!x"));
}

TEST_CASE("glob: one of include, none of exclude") {
  const auto filter = GlobFilter::compile({"*.c", "lib/"}, {"*_test.c", "lib/old/"});
  REQUIRE(filter.ok());
  CHECK(filter->fits("a.c"));
  CHECK(filter->fits("lib/x"));
  CHECK_FALSE(filter->fits("a_test.c"));
  CHECK_FALSE(filter->fits("lib/old/x"));
  CHECK_FALSE(filter->fits("x"));
}

TEST_CASE("glob: what is none is refused by its place in the list") {
  CHECK(refusal("") == "exclude[1]: it is empty");
  CHECK(refusal("[a") == "exclude[1]: a bracket is not closed");
  CHECK(refusal("{a") == "exclude[1]: a brace is not closed");
  CHECK(refusal("a\\") == "exclude[1]: nothing follows its last backslash");
  CHECK(refusal("[z-a]").find("exclude[1]: \"[z-a]\" is no glob: ") == 0);
  CHECK(refusal(std::string(1001, 'a')) == "exclude[1]: it is longer than 1,000 bytes");
}
