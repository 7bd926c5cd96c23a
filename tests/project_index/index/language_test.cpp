// SPDX-License-Identifier: Apache-2.0
#include "index/language.hpp"

#include <doctest/doctest.h>

using toolpost::project_index::language_of;

TEST_CASE("language: by ending, by name, or unknown") {
  CHECK(language_of("src/main.py") == "Python");
  CHECK(language_of("a.b/c.cpp") == "C++");
  CHECK(language_of("CMakeLists.txt") == "CMake");
  CHECK(language_of("sub/Makefile") == "Make");
  CHECK(language_of("notes.unknown").empty());
  CHECK(language_of("dir.py/README").empty());
  CHECK(language_of("").empty());
}
