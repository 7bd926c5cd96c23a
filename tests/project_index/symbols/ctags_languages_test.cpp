// SPDX-License-Identifier: Apache-2.0
// Names and first lines: which texts have a parser.
#include "symbols/ctags_languages.hpp"

#include "ctags_fixture.hpp"
#include "symbols/ctags_program.hpp"

#include <doctest/doctest.h>

namespace toolpost::project_index::test {
namespace {

constexpr std::string_view kMaps =
    "C        *.c\n"
    "CMake    CMakeLists.txt *.cmake\n"
    "Ant      build.xml *.build.xml\n"
    "Asm      *.[xX][68][68] *.asm\n"
    "JSON     *.json\n"
    "Kconfig  Kconfig*\n"
    "Make     [Mm]akefile *.mk\n"
    "Old      *.old [disabled]\n"
    "Python   *.py\n"
    "Sh       *.sh\n";

}  // namespace

TEST_CASE("ctags languages: names, endings, beginnings and sets") {
  const CtagsLanguages languages = CtagsLanguages::read(kMaps);
  CHECK(languages.size() == 9);
  for (const char* path : {"a.c", "x/y/a.c", "CMakeLists.txt", "d/CMakeLists.txt", "my.build.xml",
                           "a.x86", "a.X68", "Makefile", "makefile", "Kconfig.debug"}) {
    CAPTURE(path);
    CHECK(languages.covers(path));
    CHECK_FALSE(languages.name_for(path, "x").empty());
  }
  for (const char* path : {"a.txt", "a.C", "a.c.txt", "package.json", "x.CMakeLists.txt", "a.x87",
                           "a.c/b.txt", "a.[disabled]"}) {
    CAPTURE(path);
    CHECK_FALSE(languages.covers(path));
    CHECK(languages.name_for(path, "x").empty());
  }
}

TEST_CASE("ctags languages: a script is known by its first line") {
  const CtagsLanguages languages = CtagsLanguages::read(kMaps);
  CHECK(languages.covers("packaging/setup"));
  CHECK(languages.name_for("packaging/setup", "#!/bin/sh\n") == "setup.sh");
  CHECK(languages.name_for("setup", "#!/usr/bin/env python3.11\nx") == "setup.py");
  CHECK(languages.name_for("setup", "#! /usr/bin/env -S bash -e") == "setup.sh");
  CHECK(languages.name_for("setup", "#!/bin/false\n").empty());
  CHECK(languages.name_for("LICENSE", "Apache License").empty());
  CHECK(languages.name_for("x", "#!").empty());
  CHECK(languages.name_for("x", "#!/usr/bin/env").empty());
  CHECK(languages.name_for("x", "").empty());
}

TEST_CASE("ctags languages: a template is what is made of it") {
  const CtagsLanguages languages = CtagsLanguages::read(kMaps);
  CHECK(languages.covers("d/version.c.in"));
  CHECK(languages.name_for("d/version.c.in", "x") == "version.c");
  CHECK_FALSE(languages.covers("notes.txt.in"));
  CHECK(languages.name_for(".in", "x").empty());
}

TEST_CASE("ctags languages: what ctags is told is harmless") {
  const CtagsLanguages languages = CtagsLanguages::read(kMaps);
  CHECK(languages.name_for("d/a\n\"}{.c", "x") == "a____.c");
  CHECK(languages.name_for("caf\xc3\xa9\xff.py", "x") == "caf___.py");
  CHECK(languages.name_for(std::string(250, 'x') + ".c", "x") == std::string(198, 'x') + ".c");
}

TEST_CASE("ctags languages: rubbish for a list is no language") {
  CHECK(CtagsLanguages::read("").size() == 0);
  CHECK(CtagsLanguages::read("\n\n  \n").size() == 0);
  const CtagsLanguages open_set = CtagsLanguages::read("X [abc *.[ab\nY " + std::string(2000, '['));
  CHECK(open_set.size() == 2);
  CHECK_FALSE(open_set.covers("x.a"));
}

TEST_CASE("ctags languages: the real list knows the languages that matter") {
  const auto languages = languages_of(kLauncher, "/usr/bin/ctags");
  REQUIRE(languages.ok());
  CHECK(languages->size() > 80);
  for (const char* path : {"a.c", "a.cpp", "a.h", "a.py", "a.js", "a.ts", "a.rs", "a.go", "a.java",
                           "a.rb", "a.php", "a.cs", "a.sh", "CMakeLists.txt", "Makefile", "a.md"}) {
    CAPTURE(path);
    CHECK(languages->covers(path));
  }
  CHECK_FALSE(languages->covers("package-lock.json"));
  CHECK_FALSE(languages->covers("a.png"));
}

}  // namespace toolpost::project_index::test
