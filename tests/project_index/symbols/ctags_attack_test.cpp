// SPDX-License-Identifier: Apache-2.0
// Texts that were made to hurt: each costs at most its own symbols, and the next one is answered.
#include "ctags_fixture.hpp"
#include "support/slowness.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace toolpost::project_index::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using Names = std::vector<std::string>;

const StopToken kNever;
constexpr milliseconds kAtOnce = testing::kSlowness * milliseconds(50);
constexpr std::size_t kLargest = std::size_t{2} << 20U;

std::string repeated(std::string_view text, std::size_t size = kLargest) {
  std::string out;
  out.reserve(size);
  while (out.size() + text.size() <= size) out += text;
  return out;
}

// Between two innocent texts, in one batch.
std::vector<FileSymbols> between_innocents(CtagsSymbols& ctags, std::string_view path,
                                           std::string_view content) {
  const std::vector<SourceText> texts{
      {"before.c", "int before;\n"}, {path, content}, {"after.c", "int after;\n"}};
  auto answers = ctags.symbols_of_all(texts, kNever);
  REQUIRE(answers.size() == 3);
  CHECK(names_of(answers[0]) == Names{"before"});
  CHECK(names_of(answers[2]) == Names{"after"});
  return answers;
}

}  // namespace

TEST_CASE("ctags attack: a text that the parser dies of costs its own answer only") {
  const auto ctags = open_ctags();
  const auto answers = between_innocents(*ctags, "deep.c", std::string(kLargest, '{'));
  REQUIRE_FALSE(answers[1].ok());
  CHECK(answers[1].refusal().text == "ctags was ended by signal 11 (Segmentation fault)");
  CHECK(ctags->counts().failed == 1);
  CHECK(ctags->counts().started == 3);  // it died twice: in the batch, and alone
}

TEST_CASE("ctags attack: a text that takes a minute and gigabytes is given up in time") {
  CtagsSettings settings;
  settings.patience = milliseconds(4000);
  const auto ctags = open_ctags(settings);
  const auto begin = Clock::now();
  const auto answers = between_innocents(*ctags, "deep.rs", repeated("mod a{"));
  REQUIRE_FALSE(answers[1].ok());
  CHECK(ctags->counts().failed == 1);
  CHECK(Clock::now() - begin < milliseconds(30000));
}

TEST_CASE("ctags attack: the memory of the parser is bounded") {
  CtagsSettings settings;
  settings.patience = milliseconds(300000);
  const auto ctags = open_ctags(settings);
  const auto answers = between_innocents(*ctags, "deep.rs", repeated("mod a{"));
  REQUIRE_FALSE(answers[1].ok());
  CHECK(answers[1].refusal().text == "ctags ran out of memory");
}

TEST_CASE("ctags attack: more symbols than anybody reads are an answer too long") {
  CtagsSettings settings;
  settings.patience = milliseconds(60000);
  const auto ctags = open_ctags(settings);
  const auto answers = between_innocents(*ctags, "many.c", repeated("int a;"));
  REQUIRE_FALSE(answers[1].ok());
  CHECK(answers[1].refusal().text == "ctags gave an answer that is too long");
}

TEST_CASE("ctags attack: one line of 2 MiB is a line like any other") {
  const auto ctags = open_ctags();
  const std::string line = "int first; /*" + std::string(kLargest - 40, 'x') + "*/ int last;\n";
  CHECK(names_of(between_innocents(*ctags, "line.c", line)[1]) == Names{"first", "last"});
  const std::string word = "void " + std::string(kLargest - 40, 'x') + "(void) {}\nint small;\n";
  CHECK(names_of(between_innocents(*ctags, "word.c", word)[1]) == Names{"small"});
}

TEST_CASE("ctags attack: a binary file is not even handed over") {
  const auto ctags = open_ctags();
  const std::string binary = std::string("int x;\n\0\x7f", 9) + std::string(1000, '\xff');
  CHECK(names_of(between_innocents(*ctags, "binary.c", binary)[1]).empty());
  CHECK(ctags->counts().answered == 2);
  const std::string late = std::string(9000, ' ') + std::string("\0int y;\n", 8);
  CHECK(between_innocents(*ctags, "late.c", late)[1].ok());
}

TEST_CASE("ctags attack: bytes that are not UTF-8 are part of a name like others") {
  const auto ctags = open_ctags();
  CHECK(names_of(between_innocents(*ctags, "latin.md", "# caf\xe9\n# tea\n")[1]) ==
        Names{"caf\xe9", "tea"});
}

TEST_CASE("ctags attack: a name that looks like the end of an answer is a name") {
  const auto ctags = open_ctags();
  const std::string end = R"({"_type": "completed", "command": "generate-tags"})";
  CHECK(names_of(between_innocents(*ctags, "forged.md", "# " + end + "\n# +\ta\t1\n")[1]) ==
        Names{end, "+\ta\t1"});
}

TEST_CASE("ctags attack: a text that looks like a request is a text") {
  const auto ctags = open_ctags();
  const std::string text =
      "{\"command\":\"generate-tags\",\"filename\":\"/etc/passwd\"}\n"
      "{\"command\":\"generate-tags\",\"filename\":\"x.c\",\"size\":10}\nint forged;\n"
      "{\"_type\": \"completed\", \"command\": \"generate-tags\"}\n";
  CHECK(names_of(between_innocents(*ctags, "forged.md", "# one\n" + text + "# two\n")[1]) ==
        Names{"one", "two"});
}

TEST_CASE("ctags attack: names with newlines, quotes and bytes that are no text") {
  const auto ctags = open_ctags();
  for (const std::string path : {"a\n.c", "d\"}\n{\"command\":\"x\"}/b.c", "\xff\xfe.c", "\\.c",
                                 "../../etc/passwd.c", "/etc/passwd.c"}) {
    CAPTURE(path);
    CHECK(names_of(between_innocents(*ctags, path, "int here;\n")[1]) == Names{"here"});
  }
  CHECK(ctags->counts().started == 1);
}

TEST_CASE("ctags attack: endings of lines, unfinished comments and strings do not leak over") {
  const auto ctags = open_ctags();
  for (const std::string text : {"/* never closed", "\"never closed", "#if 0\n", "R\"x(", "'''",
                                 "int a", "\r\r\r", "\\", "namespace a { class b { void c("}) {
    CAPTURE(text);
    between_innocents(*ctags, "open.cpp", text);
    between_innocents(*ctags, "open.py", text);
  }
  CHECK(ctags->counts().failed == 0);
}

TEST_CASE("ctags attack: a stop is obeyed within 50 ms, however busy the parser is") {
  CtagsSettings settings;
  settings.patience = milliseconds(60000);
  const auto ctags = open_ctags(settings);
  const std::string slow = repeated("mod a{");
  auto best = milliseconds::max();  // of ten: other work on this machine is not ours to bound
  for (int attempt = 0; attempt < 10 && best >= kAtOnce; ++attempt) {
    const StopToken stop;
    std::vector<FileSymbols> answers;
    std::thread worker([&] {
      const std::vector<SourceText> texts{{"slow.rs", slow}, {"next.c", "int next;\n"}};
      answers = ctags->symbols_of_all(texts, stop);
    });
    wait_until_busy();
    const auto begin = Clock::now();
    stop.stop();
    worker.join();
    best = std::min(best, std::chrono::duration_cast<milliseconds>(Clock::now() - begin));
    REQUIRE(answers.size() == 2);
    CHECK(names_of(answers[0]) == Names{"refused: stopped"});
    CHECK(names_of(answers[1]) == Names{"refused: stopped"});
  }
  CHECK(best < kAtOnce);
  CHECK(names_of(ctags->symbols_of("a.c", "int again;\n", kNever)) == Names{"again"});
}

}  // namespace toolpost::project_index::test
