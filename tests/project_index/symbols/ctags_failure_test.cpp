// SPDX-License-Identifier: Apache-2.0
// A ctags that is killed, hangs, lies or disappears.
#include "ctags_fixture.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

namespace toolpost::project_index::test {
namespace {

using Names = std::vector<std::string>;
using std::chrono::milliseconds;

const StopToken kNever;

std::vector<SourceText> three() {
  return {{"a.c", "int a;\n"}, {"b.c", "int b;\n"}, {"c.c", "int c;\n"}};
}

}  // namespace

TEST_CASE("ctags failure: one that was killed at rest is replaced, and nothing is lost") {
  const auto ctags = open_ctags();
  CHECK(names_of(ctags->symbols_of("x.c", "int x;\n", kNever)) == Names{"x"});
  const std::vector<pid_t> running = running_ctags();
  REQUIRE(running.size() == 1);
  CHECK(kill(running.front(), SIGKILL) == 0);
  const auto answers = ctags->symbols_of_all(three(), kNever);
  CHECK(names_of(answers[0]) == Names{"a"});
  CHECK(names_of(answers[1]) == Names{"b"});
  CHECK(names_of(answers[2]) == Names{"c"});
  CHECK(ctags->counts().failed == 0);
  CHECK(ctags->counts().started == 2);
}

TEST_CASE("ctags failure: one that was stopped costs one text and its patience") {
  CtagsSettings settings;
  settings.patience = milliseconds(2000);
  const auto ctags = open_ctags(settings);
  CHECK(names_of(ctags->symbols_of("x.c", "int x;\n", kNever)) == Names{"x"});
  const std::vector<pid_t> running = running_ctags();
  REQUIRE(running.size() == 1);
  CHECK(kill(running.front(), SIGSTOP) == 0);
  const auto answers = ctags->symbols_of_all(three(), kNever);
  CHECK(names_of(answers[0]) == Names{"refused: ctags did not answer in time"});
  CHECK(names_of(answers[1]) == Names{"b"});
  CHECK(names_of(answers[2]) == Names{"c"});
  CHECK(ctags->counts().failed == 1);
}

TEST_CASE("ctags failure: the children end with their owner") {
  {
    const auto ctags = open_ctags();
    CHECK(names_of(ctags->symbols_of("x.c", "int x;\n", kNever)) == Names{"x"});
    CHECK(running_ctags().size() == 1);
  }
  CHECK(running_ctags().empty());
}

TEST_CASE("ctags failure: one that always exits refuses each text, and is not asked forever") {
  const FakeCtags fake("exit 5\n");
  CtagsSettings settings;
  settings.program = fake.path();
  const auto ctags = open_ctags(settings);
  for (const FileSymbols& answer : ctags->symbols_of_all(three(), kNever)) {
    CHECK(names_of(answer) == Names{"refused: ctags exited with code 5"});
  }
  CHECK(ctags->counts().started == 6);
}

TEST_CASE("ctags failure: one that hangs costs less and less time") {
  const FakeCtags fake("exec sleep 1000\n");
  CtagsSettings settings;
  settings.program = fake.path();
  settings.patience = milliseconds(800);
  const auto ctags = open_ctags(settings);
  const std::vector<SourceText> texts(30, SourceText{"a.c", "int a;\n"});
  const auto begin = std::chrono::steady_clock::now();
  for (const FileSymbols& answer : ctags->symbols_of_all(texts, kNever)) {
    CHECK(names_of(answer) == Names{"refused: ctags did not answer in time"});
  }
  // 800 + 400 + 200 + 27 * 100; thirty times 800 without that.
  CHECK(std::chrono::steady_clock::now() - begin < milliseconds(15000));
}

TEST_CASE("ctags failure: rubbish instead of answers is not taken for symbols") {
  const FakeCtags fake("exec yes '{\"_type\": \"tag\", \"name\": \"x\"'\n");
  CtagsSettings settings;
  settings.program = fake.path();
  const auto ctags = open_ctags(settings);
  CHECK(names_of(ctags->symbols_of("a.c", "int a;\n", kNever)) ==
        Names{"refused: ctags gave an answer that is too long"});
}

TEST_CASE("ctags failure: one that has gone since is said, and found when it is back") {
  const FakeCtags fake("exec /usr/bin/ctags \"$@\"\n");
  CtagsSettings settings;
  settings.program = fake.path();
  const auto ctags = open_ctags(settings);
  std::filesystem::rename(fake.path(), fake.beside("away"));
  const auto answers = ctags->symbols_of_all(three(), kNever);
  const std::string words =
      "refused: ctags: cannot execute " + fake.path() + ": No such file or directory";
  for (const FileSymbols& answer : answers) CHECK(names_of(answer).front() == words);
  std::filesystem::rename(fake.beside("away"), fake.path());
  CHECK(names_of(ctags->symbols_of_all(three(), kNever)[2]) == Names{"c"});
}

}  // namespace toolpost::project_index::test
