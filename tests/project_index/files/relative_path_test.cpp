// SPDX-License-Identifier: Apache-2.0
#include "files/relative_path.hpp"

#include <doctest/doctest.h>

using toolpost::project_index::relative_path;

TEST_CASE("relative path: what is below a root is taken as it was written") {
  for (const char* path : {"a", "a/b.c", ".gitignore", "a/...", "a b/ä", "%2e%2e/a", "..%2fa", "a.",
                           "...", "file:/x", "C:x", "a/b./c"}) {
    const auto checked = relative_path(path);
    REQUIRE(checked);
    CHECK(*checked == path);
  }
}

TEST_CASE("relative path: every other shape is refused, and the refusal says why") {
  using std::string_view_literals::operator""sv;
  const std::pair<std::string_view, std::string_view> refused[] = {
      {"", "is empty"},       {"/etc/passwd", "is absolute"},
      {"//a", "is absolute"}, {"..", "'..'"},
      {"../a", "'..'"},       {"a/../b", "'..'"},
      {"a/..", "'..'"},       {"./a", "'.'"},
      {"a/.", "'.'"},         {"a//b", "empty part"},
      {"a/", "empty part"},   {"file:///etc/passwd", "empty part"},
      {"..\\a", "backslash"}, {"a\0b"sv, "NUL"},
  };
  for (const auto& [path, why] : refused) {
    const auto checked = relative_path(path);
    REQUIRE_FALSE(checked);
    CHECK(checked.refusal().text.find(why) != std::string::npos);
  }
  CHECK_FALSE(relative_path(std::string(4097, 'a')));
  CHECK(relative_path(std::string(4096, 'a')));
}
