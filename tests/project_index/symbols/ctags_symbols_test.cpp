// SPDX-License-Identifier: Apache-2.0
// Symbols of real texts by the real ctags.
#include "symbols/ctags_symbols.hpp"

#include "ctags_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

namespace toolpost::project_index::test {
namespace {

const StopToken kNever;

}  // namespace

TEST_CASE("ctags: symbols have name, kind, scope, signature and lines") {
  const auto ctags = open_ctags();
  const FileSymbols symbols = ctags->symbols_of("src/booth.cpp",
                                                "namespace fair {\n"
                                                "class Booth {\n"
                                                " public:\n"
                                                "  int open(int door, char* key) {\n"
                                                "    return door;\n"
                                                "  }\n"
                                                "};\n"
                                                "}\n",
                                                kNever);
  REQUIRE(symbols.ok());
  REQUIRE(symbols->size() == 3);
  CHECK((*symbols)[0] == SourceSymbol{"fair", "namespace", "", "", 1, 8});
  CHECK((*symbols)[1] == SourceSymbol{"Booth", "class", "fair", "", 2, 7});
  CHECK((*symbols)[2] ==
        SourceSymbol{"open", "function", "fair::Booth", "(int door,char * key)", 4, 6});
}

TEST_CASE("ctags: many languages in one batch, each answer in its place") {
  const auto ctags = open_ctags();
  const std::vector<SourceText> texts{
      {"a.py", "class A:\n  async def run(self):\n    pass\n"},
      {"notes.txt", "class NotSource {}"},
      {"a.rs", "pub struct Point { x: i32 }\nimpl Point { fn new() {} }\n"},
      {"empty.c", ""},
      {"a.go", "package main\nfunc Serve() {}\n"},
      {"a.ts", "export interface Shape { area: number }\n"},
      {"run", "#!/bin/bash\nstart() {\n:\n}\n"},
      {"A.java", "class A { void m() {} }"},
      {"a.json", "{\"key\": 1}"},
      {"a.rb", "module M\n  def go\n  end\nend\n"},
      {"README.md", "# Title\n## Part\n"},
  };
  const auto answers = ctags->symbols_of_all(texts, kNever);
  using Names = std::vector<std::string>;
  REQUIRE(answers.size() == texts.size());
  CHECK(names_of(answers[0]) == Names{"A", "run"});
  CHECK(names_of(answers[1]).empty());
  CHECK(names_of(answers[2]) == Names{"Point", "x", "Point", "new"});
  CHECK(names_of(answers[3]).empty());
  CHECK(names_of(answers[4]) == Names{"main", "Serve"});
  CHECK(names_of(answers[5]) == Names{"Shape", "area"});
  CHECK(names_of(answers[6]) == Names{"start"});
  CHECK(names_of(answers[7]) == Names{"A", "m"});
  CHECK(names_of(answers[8]).empty());
  CHECK(names_of(answers[9]) == Names{"M", "go"});
  CHECK(names_of(answers[10]) == Names{"Title", "Part"});
  CHECK(ctags->counts().started == 1);
  CHECK(ctags->counts().answered == 8);
}

TEST_CASE("ctags: nothing to ask starts nothing") {
  const auto ctags = open_ctags();
  CHECK(ctags->symbols_of_all({}, kNever).empty());
  CHECK(names_of(ctags->symbols_of("a.txt", "x", kNever)).empty());
  CHECK(ctags->counts().started == 0);
}

TEST_CASE("ctags: eight threads share two children") {
  const auto ctags = open_ctags();
  std::vector<std::thread> threads;
  std::vector<int> wrong(8, 0);
  for (std::size_t worker = 0; worker < wrong.size(); ++worker) {
    threads.emplace_back([&, worker] {
      for (int round = 0; round < 20; ++round) {
        const std::string name = "f" + std::to_string(worker) + "_" + std::to_string(round);
        const auto symbols = ctags->symbols_of("a.c", "void " + name + "(void) {}\n", kNever);
        if (names_of(symbols) != std::vector<std::string>{name}) ++wrong[worker];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(8, 0));
  CHECK(ctags->counts().started <= 2);
  CHECK(ctags->counts().answered == 160);
}

TEST_CASE("ctags: what is too old, missing or another program is said when it is opened") {
  CtagsSettings settings;
  settings.program = "/nowhere/ctags";
  CHECK(CtagsSymbols::open(kLauncher, settings).refusal().text ==
        "symbols need Universal Ctags (package universal-ctags): /nowhere/ctags --list-features "
        "cannot execute /nowhere/ctags: No such file or directory");
  settings.program = "/bin/echo";
  CHECK(CtagsSymbols::open(kLauncher, settings).refusal().text ==
        "/bin/echo lacks the feature 'interactive': symbols need Universal Ctags, built with it");
  settings.program = "/bin/false";
  CHECK(CtagsSymbols::open(kLauncher, settings).refusal().text ==
        "symbols need Universal Ctags (package universal-ctags): /bin/false --list-features "
        "exited with code 1");
}

}  // namespace toolpost::project_index::test
