// SPDX-License-Identifier: Apache-2.0
// How a conversation ends: by the program, its deadline, its owner; and what is left then: nothing.
#include "life_line.hpp"
#include "scratch_directory.hpp"
#include "support/slowness.hpp"

#include <toolpost/conversation.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

namespace toolpost::sdk::test {
namespace {

using Clock = std::chrono::steady_clock;
using End = ExchangeResult::End;
using std::chrono::milliseconds;

const Launcher kLauncher(TOOLPOST_LAUNCH_PATH);
constexpr milliseconds kPatience(20000);
constexpr milliseconds kBound = testing::kSlowness * milliseconds(2500);   // promised
constexpr milliseconds kNoGrace = testing::kSlowness * milliseconds(900);  // the period is 1000

Command shell(const std::string& text) {
  Command command;
  command.program = "/bin/sh";
  command.arguments = {"-c", text};
  command.environment = {"PATH=/usr/bin:/bin"};
  command.working_directory = "/";
  return command;
}

Heard hear_last(std::string_view) {
  return Heard::kLast;
}

Heard hear_answer(std::string_view) {
  return Heard::kAnswer;
}

Heard hear_more(std::string_view) {
  return Heard::kMore;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

milliseconds since(Clock::time_point begin) {
  return std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
}

// Leaves its parent, group and session, and ignores what can be ignored. Holds the life line.
std::string with_stubborn_daemon(const LifeLine& line, const std::string& rest) {
  return "exec 9>'" + line.path() +
         "'; ( setsid sh -c 'trap \"\" TERM HUP INT QUIT; echo ready >&9; while :; do sleep 1000; "
         "done' >/dev/null & ); " +
         rest;
}

}  // namespace

TEST_CASE(
    "conversation end: an exit is told with its code, and the next exchange says it is over") {
  Conversation conversation(kLauncher, shell("read -r word; exit 7"));
  const ExchangeResult result = conversation.exchange("x\n", hear_last, kPatience);
  CHECK(result.end == End::kExited);
  CHECK(result.describe() == "exited with code 7");
  CHECK(result.are_descendants_gone);
  CHECK_FALSE(conversation.is_open());
  CHECK(conversation.exchange("x\n", hear_last, kPatience).end == End::kOver);
}

TEST_CASE("conversation end: the last words of a program that exits are heard") {
  Conversation conversation(kLauncher, shell("read -r word; echo bye; exit 0"));
  CHECK(conversation.exchange("x\n", hear_last, kPatience).is_answered());
  CHECK(conversation.exchange("x\n", hear_last, kPatience).end == End::kExited);
}

TEST_CASE("conversation end: a crash is told with its signal") {
  Conversation conversation(kLauncher, shell("read -r word; kill -SEGV $$"));
  const ExchangeResult result = conversation.exchange("x\n", hear_last, kPatience);
  CHECK(result.end == End::kSignalled);
  CHECK(result.signal == SIGSEGV);
  CHECK(result.describe() == "was ended by signal 11 (Segmentation fault)");
}

TEST_CASE("conversation end: silence ends at the deadline") {
  Conversation conversation(kLauncher, shell("exec sleep 1000"));
  const auto begin = Clock::now();
  const ExchangeResult result = conversation.exchange("x\n", hear_last, milliseconds(30));
  CHECK(result.end == End::kDeadline);
  CHECK(result.are_descendants_gone);
  CHECK(since(begin) < kBound);
}

TEST_CASE("conversation end: a program that does not read ends at the deadline, too") {
  Conversation conversation(kLauncher, shell("exec sleep 1000"));
  CHECK(conversation.exchange(std::string(1000000, 'x'), hear_last, milliseconds(30)).end ==
        End::kDeadline);
}

TEST_CASE("conversation end: the deadline is for each answer, and begins anew") {
  // Answers forever, each in time: only somebody else can end this.
  const auto begin = Clock::now();
  Conversation conversation(kLauncher, shell("while :; do echo x; sleep 0.15; done"));
  int count = 0;
  const auto count_to_30 = [&](std::string_view) {
    return ++count == 30 ? Heard::kLast : Heard::kAnswer;
  };
  CHECK(conversation.exchange("", count_to_30, milliseconds(3000)).is_answered());
  CHECK(since(begin) > milliseconds(3000));
}

TEST_CASE("conversation end: lines that end no answer do not move the deadline") {
  Conversation conversation(kLauncher, shell("while :; do echo x; sleep 0.01; done"));
  CHECK(conversation.exchange("", hear_more, milliseconds(100)).end == End::kDeadline);
}

TEST_CASE("conversation end: an answer without end is cut off, as one line or as many") {
  for (const char* flood : {"exec cat /dev/zero", "exec yes"}) {
    Conversation conversation(kLauncher, shell(flood), 1000000);
    const ExchangeResult result = conversation.exchange("", hear_more, kPatience);
    CHECK(result.end == End::kTooLong);
    CHECK(result.describe() == "gave an answer that is too long");
  }
}

TEST_CASE("conversation end: the bound is for one answer, not for all of them") {
  Conversation conversation(kLauncher, shell("exec yes"), 100);
  int count = 0;
  const auto count_lines = [&](std::string_view) {
    return ++count == 100000 ? Heard::kLast : Heard::kAnswer;
  };
  CHECK(conversation.exchange("", count_lines, kPatience).is_answered());
}

TEST_CASE("conversation end: cancellation from another thread ends the program at once") {
  const Cancellation cancellation;
  Conversation conversation(kLauncher, shell("echo ready; exec sleep 1000"));
  Clock::time_point requested;
  const auto cancel = [&](std::string_view) {
    requested = Clock::now();
    std::thread([cancellation] { cancellation.request(); }).join();
    return Heard::kAnswer;
  };
  const ExchangeResult result = conversation.exchange("", cancel, kPatience, cancellation);
  CHECK(result.end == End::kCancelled);
  CHECK(since(requested) < kNoGrace);  // it obeys TERM: no grace period is waited for
}

TEST_CASE("conversation end: a daemon that ignores TERM does not outlive it") {
  const ScratchDirectory scratch;
  const LifeLine line(scratch.path() / "line");
  const auto begin_of_end = [&](auto&& end_it) {
    Conversation conversation(kLauncher, shell(with_stubborn_daemon(line, "echo up; cat")));
    CHECK(conversation.exchange("", hear_last, kPatience).is_answered());
    CHECK(line.read_line(kPatience) == "ready");
    const auto begin = Clock::now();
    end_it(conversation);
    return begin;
  };
  SUBCASE("closed by its owner") {
    const auto begin = begin_of_end([](Conversation& conversation) { conversation.close(); });
    CHECK(since(begin) < kBound);
  }
  SUBCASE("destroyed") {
    const auto begin = begin_of_end([](Conversation&) {});
    CHECK(since(begin) < kBound);
  }
  SUBCASE("replaced by another") {
    begin_of_end([](Conversation& conversation) {
      conversation = Conversation(kLauncher, shell("exec cat"));
      CHECK(conversation.is_open());
    });
  }
  CHECK(line.is_cut_within(milliseconds(0)));
}

TEST_CASE("conversation end: what cannot start is told by the first exchange") {
  Command command = shell("");
  SUBCASE("a missing program") {
    command.program = "/nowhere/program";
    Conversation conversation(kLauncher, command);
    const ExchangeResult result = conversation.exchange("x\n", hear_answer, kPatience);
    CHECK(result.end == End::kNotStarted);
    CHECK(result.describe() == "cannot execute /nowhere/program: No such file or directory");
  }
  SUBCASE("a relative program") {
    command.program = "sh";
    Conversation conversation(kLauncher, command);
    CHECK(conversation.exchange("x\n", hear_answer, kPatience).describe() ==
          "the program is not an absolute path: 'sh'");
    CHECK_FALSE(conversation.is_open());
  }
  SUBCASE("a missing launcher, closed unasked") {
    Conversation conversation(Launcher("/nowhere/toolpost-launch"), command);
    const auto begin = Clock::now();
    conversation.close();
    CHECK(since(begin) < kBound);
    CHECK(conversation.exchange("", hear_answer, kPatience).end == End::kOver);
  }
  SUBCASE("a launcher that is none") {
    Conversation conversation(Launcher("/bin/true"), command);
    CHECK(conversation.exchange("", hear_answer, kPatience).describe() ==
          "toolpost-launch ended unexpectedly");
  }
}

TEST_CASE("conversation end: twenty of them leave no descriptor and no child") {
  const std::size_t before = open_descriptors();
  for (int count = 0; count < 20; ++count) {
    Conversation conversation(kLauncher, shell("exec cat"));
    CHECK(conversation.exchange("x\n", hear_last, kPatience).is_answered());
  }
  CHECK(open_descriptors() == before);
}

}  // namespace toolpost::sdk::test
