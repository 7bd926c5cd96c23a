// SPDX-License-Identifier: Apache-2.0
// Nothing a child has started outlives the run, however it tried.
#include "life_line.hpp"
#include "scratch_directory.hpp"
#include "support/slowness.hpp"

#include <toolpost/error.hpp>
#include <toolpost/process.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>

namespace toolpost::sdk::test {
namespace {

using End = ProcessResult::End;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

const Launcher kLauncher(TOOLPOST_LAUNCH_PATH);
constexpr milliseconds kBound = testing::kSlowness * milliseconds(2500);   // promised
constexpr milliseconds kNoGrace = testing::kSlowness * milliseconds(900);  // the period is 1000
constexpr milliseconds kDeadline(3000);  // long enough for the script to have begun

// Leaves its parent, group and session, and ignores what can be ignored. Holds the life line.
constexpr const char* kStubborn = R"(
exec 9>"$1"
( setsid sh -c 'trap "" TERM HUP INT QUIT; echo ready; while :; do sleep 1000; done' & )
)";

Command script_with(const ScratchDirectory& scratch, const LifeLine& line,
                    const std::string& body) {
  Command command;
  command.program = scratch.script("run", body);
  command.arguments = {line.path()};
  command.environment = {"PATH=/usr/bin:/bin"};
  command.working_directory = scratch.path().string();
  return command;
}

struct Timed {
  ProcessResult result;
  milliseconds after_request;
};

// Cancels as soon as the child has said "ready".
Timed cancel_when_ready(Command command) {
  const Cancellation cancellation;
  Clock::time_point requested;
  command.on_line = [&](Stream, std::string_view line) {
    if (line != "ready") return;
    requested = Clock::now();
    std::thread([cancellation] { cancellation.request(); }).join();
  };
  ProcessResult result = kLauncher.run(command, cancellation);
  return {std::move(result), std::chrono::duration_cast<milliseconds>(Clock::now() - requested)};
}

}  // namespace

TEST_CASE("process end: cancellation ends a daemon that ignores TERM, within the bound") {
  const ScratchDirectory scratch;
  const LifeLine line(scratch.path() / "line");
  const Timed run =
      cancel_when_ready(script_with(scratch, line, std::string(kStubborn) + "sleep 1000"));
  CHECK(run.result.end == End::kCancelled);
  CHECK(run.result.are_descendants_gone);
  CHECK(run.after_request < kBound);
  CHECK(line.is_cut_within(milliseconds(0)));
}

TEST_CASE("process end: who obeys TERM is not kept waiting for the grace period") {
  const ScratchDirectory scratch;
  const LifeLine line(scratch.path() / "line");
  const Timed run = cancel_when_ready(
      script_with(scratch, line, "exec 9>\"$1\"\nsetsid sleep 1000 &\necho ready\nwait"));
  CHECK(run.result.end == End::kCancelled);
  CHECK(run.after_request < kNoGrace);
  CHECK(line.is_cut_within(milliseconds(0)));
}

TEST_CASE("process end: what a child leaves behind after a normal end is ended too") {
  const ScratchDirectory scratch;
  const LifeLine line(scratch.path() / "line");
  const ProcessResult result =
      kLauncher.run(script_with(scratch, line, std::string(kStubborn) + "echo done; exit 4"));
  CHECK(result.end == End::kExited);
  CHECK(result.exit_code == 4);
  CHECK(result.are_descendants_gone);
  CHECK(line.is_cut_within(milliseconds(0)));
}

TEST_CASE("process end: the deadline ends everything") {
  const ScratchDirectory scratch;
  const LifeLine line(scratch.path() / "line");
  Command command = script_with(scratch, line, std::string(kStubborn) + "sleep 1000");
  command.deadline = kDeadline;
  const auto start = Clock::now();
  const ProcessResult result = kLauncher.run(command);
  CHECK(result.end == End::kDeadline);
  CHECK(Clock::now() - start < kDeadline + kBound);
  REQUIRE(result.out.text.find("ready") != std::string::npos);  // the line has been held
  CHECK(line.is_cut_within(milliseconds(0)));
}

TEST_CASE("process end: a stopped process and one that keeps forking are ended") {
  const ScratchDirectory scratch;
  const LifeLine line(scratch.path() / "line");
  const Timed run = cancel_when_ready(script_with(scratch, line, R"(
exec 9>"$1"
trap '' TERM
sh -c 'kill -STOP $$' &
sh -c 'trap "" TERM; while :; do setsid sleep 1000 & wait $!; done' &
sh -c 'trap "" TERM; while :; do setsid sh -c "trap \"\" TERM; sleep 1000" & sleep 0.01; done' &
echo ready
wait
while :; do sleep 1000; done
)"));
  CHECK(run.result.end == End::kCancelled);
  CHECK(run.result.are_descendants_gone);
  CHECK(run.after_request < kBound);
  CHECK(line.is_cut_within(milliseconds(0)));
}

TEST_CASE("process end: a cancellation before the start starts nothing") {
  const ScratchDirectory scratch;
  const Cancellation cancellation;
  cancellation.request();
  Command command;
  command.program = "/usr/bin/touch";
  command.arguments = {"started"};
  command.working_directory = scratch.path().string();
  CHECK(kLauncher.run(command, cancellation).end == End::kCancelled);
  CHECK_FALSE(std::filesystem::exists(scratch.path() / "started"));
}

TEST_CASE("process end: a cancellation after the end changes nothing") {
  const Cancellation cancellation;
  Command command;
  command.program = "/bin/true";
  command.working_directory = "/";
  CHECK(kLauncher.run(command, cancellation).succeeded());
  cancellation.request();
  cancellation.request();
  CHECK(cancellation.is_requested());
}

TEST_CASE("process end: kill -9 of the calling process ends all descendants") {
  const ScratchDirectory scratch;
  const LifeLine line(scratch.path() / "line");
  const std::string script = scratch.script("run", R"(
exec 9>"$1"
( setsid sh -c 'trap "" TERM HUP INT QUIT; echo ready >&9; while :; do sleep 1000; done' & )
sleep 1000
)");
  std::string program = TOOLPOST_RUN_AND_WAIT_PATH;
  std::string launcher = TOOLPOST_LAUNCH_PATH;
  std::string argument = line.path();
  std::array<char*, 5> arguments{program.data(), launcher.data(), const_cast<char*>(script.c_str()),
                                 argument.data(), nullptr};
  std::array<char*, 1> environment{nullptr};
  pid_t parent = 0;
  REQUIRE(posix_spawn(&parent, program.c_str(), nullptr, nullptr, arguments.data(),
                      environment.data()) == 0);
  CHECK(line.read_line(milliseconds(10000)) == "ready");
  kill(parent, SIGKILL);
  CHECK(line.is_cut_within(kBound));
  CHECK(waitpid(parent, nullptr, 0) == parent);
}

TEST_CASE("process end: kill -9 of the launcher is reported, and the child does not survive it") {
  const ScratchDirectory scratch;
  const LifeLine line(scratch.path() / "line");
  Command command = script_with(scratch, line, "exec 9>\"$1\"\nkill -KILL $PPID\nexec sleep 1000");
  const ProcessResult result = kLauncher.run(command);
  CHECK(result.end == End::kLost);
  CHECK_FALSE(result.are_descendants_gone);
  CHECK(line.is_cut_within(kBound));
}

}  // namespace toolpost::sdk::test
