// SPDX-License-Identifier: Apache-2.0
// Conversation with real programs: questions, answers and pipes that are full on both sides.
#include <toolpost/conversation.hpp>
#include <toolpost/error.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <thread>
#include <vector>

namespace toolpost::sdk::test {
namespace {

using End = ExchangeResult::End;
using std::chrono::milliseconds;

const Launcher kLauncher(TOOLPOST_LAUNCH_PATH);
constexpr milliseconds kPatience(20000);

Command shell(const std::string& text) {
  Command command;
  command.program = "/bin/sh";
  command.arguments = {"-c", text};
  command.environment = {"PATH=/usr/bin:/bin"};
  command.working_directory = "/";
  return command;
}

Command program(const std::string& path) {
  Command command = shell("");
  command.program = path;
  command.arguments = {};
  return command;
}

// Takes `count` lines, each an answer.
struct Lines {
  std::size_t count = 1;
  std::vector<std::string> heard;

  Conversation::OnLine listen() {
    return [this](std::string_view line) {
      heard.emplace_back(line);
      return heard.size() == count ? Heard::kLast : Heard::kAnswer;
    };
  }
};

}  // namespace

TEST_CASE("conversation: a program answers one question after another") {
  Conversation conversation(kLauncher, shell("while read -r word; do echo \"<$word>\"; done"));
  for (const std::string word : {"one", "two", "three"}) {
    Lines lines;
    CHECK(conversation.exchange(word + "\n", lines.listen(), kPatience).is_answered());
    CHECK(lines.heard == std::vector<std::string>{"<" + word + ">"});
  }
  CHECK(conversation.is_open());
}

TEST_CASE("conversation: an answer may have many lines, empty ones and lines without text") {
  Conversation conversation(kLauncher, program("/bin/cat"));
  Lines lines{4, {}};
  CHECK(conversation.exchange("a\n\n\r\nend\n", lines.listen(), kPatience).is_answered());
  CHECK(lines.heard == std::vector<std::string>{"a", "", "\r", "end"});
}

TEST_CASE("conversation: an empty request listens, and what comes too early waits") {
  Conversation conversation(kLauncher, shell("echo hello; echo early; cat"));
  Lines greeting;
  CHECK(conversation.exchange("", greeting.listen(), kPatience).is_answered());
  CHECK(greeting.heard == std::vector<std::string>{"hello"});
  Lines rest{2, {}};
  CHECK(conversation.exchange("late\n", rest.listen(), kPatience).is_answered());
  CHECK(rest.heard == std::vector<std::string>{"early", "late"});
}

TEST_CASE("conversation: many megabytes pass both ways in one exchange") {
  Conversation conversation(kLauncher, program("/bin/cat"));
  const std::string line(999, 'x');
  std::string request;
  Lines lines{20000, {}};
  for (std::size_t index = 0; index < lines.count; ++index) request += line + "\n";
  CHECK(conversation.exchange(request, lines.listen(), kPatience).is_answered());
  CHECK(lines.heard.size() == 20000);
  CHECK(lines.heard.back() == line);
}

TEST_CASE("conversation: a flood on stderr blocks nothing and is kept in part") {
  Command command = shell("read -r word; head -c 3000000 /dev/zero >&2; echo \"$word\"; exit 4");
  command.max_output = 100;
  Conversation conversation(kLauncher, command);
  Lines lines;
  CHECK(conversation.exchange("go\n", lines.listen(), kPatience).is_answered());
  CHECK(conversation.exchange("", lines.listen(), kPatience).end == End::kExited);
  const CapturedOutput errors = conversation.take_errors();
  CHECK(errors.size == 3000000);
  CHECK(errors.is_truncated);
}

TEST_CASE("conversation: the child has its three descriptors, its environment and nothing else") {
  Command command = shell("ls /proc/$$/fd; env | grep -v '^_=\\|^PWD=\\|^SHLVL='");
  command.environment = {"PATH=/usr/bin:/bin"};
  Conversation conversation(kLauncher, command);
  Lines lines{4, {}};
  CHECK(conversation.exchange("", lines.listen(), kPatience).is_answered());
  CHECK(lines.heard == std::vector<std::string>{"0", "1", "2", "PATH=/usr/bin:/bin"});
}

TEST_CASE("conversation: a program that closes its input answers all the same") {
  Conversation conversation(kLauncher,
                            shell("exec </dev/null; echo closed; sleep 0.05; echo done"));
  Lines lines{2, {}};
  const std::string request(3000000, 'x');
  CHECK(conversation.exchange(request, lines.listen(), kPatience).is_answered());
  CHECK(lines.heard == std::vector<std::string>{"closed", "done"});
}

TEST_CASE("conversation: a reader that is gone raises no SIGPIPE, and hides none") {
  sigset_t pipe_signal;
  sigset_t pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);
  const auto is_pending = [&] {
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
  };
  const auto write_in_vain = [] {
    Conversation conversation(kLauncher, shell("exec </dev/null; echo; exec sleep 1000"));
    Lines lines{2, {}};
    return conversation.exchange(std::string(1000000, 'x'), lines.listen(), milliseconds(50)).end;
  };
  CHECK(write_in_vain() == End::kDeadline);
  CHECK_FALSE(is_pending());
  pthread_kill(pthread_self(), SIGPIPE);  // somebody else's
  CHECK(write_in_vain() == End::kDeadline);
  CHECK(is_pending());
  const timespec now{};
  sigtimedwait(&pipe_signal, nullptr, &now);
  pthread_sigmask(SIG_UNBLOCK, &pipe_signal, nullptr);
}

TEST_CASE("conversation: it may move, also to another thread") {
  Conversation first(kLauncher, program("/bin/cat"));
  Conversation second(kLauncher, program("/bin/cat"));
  second = std::move(first);
  Lines lines;
  ExchangeResult result;
  std::thread([&] { result = second.exchange("moved\n", lines.listen(), kPatience); }).join();
  CHECK(result.is_answered());
  CHECK(lines.heard == std::vector<std::string>{"moved"});
}

TEST_CASE("conversation: what on_line throws ends the program and passes through") {
  Conversation conversation(kLauncher, program("/bin/cat"));
  const auto refuse = [](std::string_view) -> Heard { throw Error(Status::kInvalid, "enough"); };
  CHECK_THROWS_WITH_AS(conversation.exchange("x\n", refuse, kPatience), "enough", Error);
  CHECK_FALSE(conversation.is_open());
}

}  // namespace toolpost::sdk::test
