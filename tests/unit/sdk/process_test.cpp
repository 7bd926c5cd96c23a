// SPDX-License-Identifier: Apache-2.0
// Launcher::run() with real programs: how they start, what is captured, how they end by themselves.
#include "scratch_directory.hpp"

#include <toolpost/error.hpp>
#include <toolpost/process.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace toolpost::sdk::test {
namespace {

using End = ProcessResult::End;

const Launcher kLauncher(TOOLPOST_LAUNCH_PATH);

Command shell(const std::string& text) {
  Command command;
  command.program = "/bin/sh";
  command.arguments = {"-c", text};
  command.environment = {"PATH=/usr/bin:/bin"};
  command.working_directory = "/";
  return command;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

TEST_CASE("process: output, errors and exit code come back") {
  const ProcessResult result = kLauncher.run(shell("echo out; echo err >&2; exit 3"));
  CHECK(result.end == End::kExited);
  CHECK(result.exit_code == 3);
  CHECK_FALSE(result.succeeded());
  CHECK(result.out.text == "out\n");
  CHECK(result.err.text == "err\n");
  CHECK(result.are_descendants_gone);
  CHECK(result.describe() == "exited with code 3");
}

TEST_CASE("process: a signal is told apart from an exit code") {
  const ProcessResult result = kLauncher.run(shell("kill -SEGV $$"));
  CHECK(result.end == End::kSignalled);
  CHECK(result.signal == SIGSEGV);
}

TEST_CASE("process: the child sees its arguments, environment and directory, and nothing else") {
  const ScratchDirectory scratch;
  Command command = shell(R"(pwd; printf '%s|' "$@"; env | sort | grep -v '^_=\|^PWD=\|^SHLVL=')");
  command.arguments.insert(command.arguments.end(), {"sh", "a b", "", "--x"});
  command.environment = {"PATH=/usr/bin:/bin", "ONLY=this"};
  command.working_directory = scratch.path().string();
  const ProcessResult result = kLauncher.run(command);
  CHECK(result.out.text == scratch.path().string() + "\na b||--x|ONLY=this\nPATH=/usr/bin:/bin\n");
}

TEST_CASE("process: the child has no descriptor but its three, and stdin is empty") {
  const int leaky = open("/dev/null", O_RDONLY);  // without CLOEXEC, as careless libraries do
  const ProcessResult result = kLauncher.run(shell("cat; ls /proc/$$/fd"));
  close(leaky);
  CHECK(result.out.text.find('3') == std::string::npos);
  CHECK(result.out.text.rfind("0\n1\n", 0) == 0);
}

TEST_CASE("process: no new privileges, no core dumps, private files") {
  const ScratchDirectory scratch;
  Command command = shell("grep NoNewPrivs /proc/self/status; ulimit -c; : > made");
  command.working_directory = scratch.path().string();
  CHECK(kLauncher.run(command).out.text == "NoNewPrivs:\t1\n0\n");

  struct stat status {};

  REQUIRE(stat((scratch.path() / "made").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("process: memory beyond the limit is refused to the child and to what it starts") {
  Command command = shell("ulimit -v; head -c 100M /dev/zero | tail -c 100M | wc -c");
  CHECK(kLauncher.run(command).out.text.find("\n104857600\n") != std::string::npos);
  command.max_memory = std::uint64_t{64} << 20U;
  const ProcessResult result = kLauncher.run(command);
  CHECK(result.out.text == "65536\n0\n");
  CHECK(result.err.text.find("memory exhausted") != std::string::npos);
}

TEST_CASE("process: the parent's blocked and ignored signals do not reach the child") {
  sigset_t term;
  sigset_t before;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &term, &before);
  const auto old_int = std::signal(SIGINT, SIG_IGN);
  const auto old_child = std::signal(SIGCHLD, SIG_IGN);
  const ProcessResult result = kLauncher.run(
      shell("while read -r name mask; do case $name in SigBlk:|SigIgn:) echo $((0x$mask & "
            "0x7fffffff));; esac; done < /proc/self/status"));
  std::signal(SIGCHLD, old_child);
  std::signal(SIGINT, old_int);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK(result.succeeded());
  CHECK(result.out.text ==
        "0\n0\n");  // of the 31 classic signals; 32 and 33 belong to the C library
}

TEST_CASE("process: what cannot start says what and why") {
  Command command = shell("");
  SUBCASE("a missing program") {
    command.program = "/nowhere/program";
    const ProcessResult result = kLauncher.run(command);
    CHECK(result.end == End::kNotStarted);
    CHECK(result.describe() == "cannot execute /nowhere/program: No such file or directory");
  }
  SUBCASE("a program that may not be executed") {
    command.program = "/etc/passwd";
    CHECK(kLauncher.run(command).describe() == "cannot execute /etc/passwd: Permission denied");
  }
  SUBCASE("a missing directory") {
    command.working_directory = "/nowhere";
    CHECK(kLauncher.run(command).describe() == "cannot enter /nowhere: No such file or directory");
  }
  SUBCASE("a relative program") {
    command.program = "sh";
    CHECK(kLauncher.run(command).describe() == "the program is not an absolute path: 'sh'");
  }
  SUBCASE("a NUL byte in an argument") {
    command.arguments.emplace_back("a\0b", 3);
    CHECK(kLauncher.run(command).describe() == "an argument holds a NUL byte");
  }
  SUBCASE("a bad environment entry, whose text is not repeated") {
    command.environment.emplace_back("S3CRET");
    CHECK(kLauncher.run(command).describe() == "an environment entry is not NAME=value");
  }
  SUBCASE("a missing launcher") {
    const ProcessResult result = Launcher("/nowhere/toolpost-launch").run(command);
    CHECK(result.end == End::kNotStarted);
    CHECK(result.describe() ==
          "cannot execute /nowhere/toolpost-launch: No such file or directory");
  }
}

TEST_CASE("process: a launcher that is none is lost, not waited for") {
  const ProcessResult result = Launcher("/bin/true").run(shell("true"));
  CHECK(result.end == End::kLost);
  CHECK(result.describe() == "toolpost-launch ended unexpectedly");
}

TEST_CASE("process: a flood of output is drained, and its middle left out") {
  rusage before{};
  rusage after{};
  Command command = shell("echo first; head -c 100000000 /dev/zero; echo last; echo tiny >&2");
  command.max_output = 1000;
  getrusage(RUSAGE_SELF, &before);
  const ProcessResult result = kLauncher.run(command);
  getrusage(RUSAGE_SELF, &after);
  CHECK(result.succeeded());
  CHECK(result.out.is_truncated);
  CHECK(result.out.size == 100000011);
  CHECK(result.out.text.size() < 1100);
  CHECK(result.out.text.rfind("first\n", 0) == 0);
  CHECK(result.out.text.find("\n[... 99999011 bytes left out ...]\n") != std::string::npos);
  CHECK(result.out.text.substr(result.out.text.size() - 5) == "last\n");
  CHECK(result.err.text == "tiny\n");
  CHECK(after.ru_maxrss - before.ru_maxrss < 8 * 1024);  // in KiB
}

TEST_CASE("process: both pipes full at once do not block each other") {
  const ProcessResult result =
      kLauncher.run(shell("head -c 3000000 /dev/zero >&2 & head -c 3000000 /dev/zero; wait"));
  CHECK(result.out.size == 3000000);
  CHECK(result.err.size == 3000000);
}

TEST_CASE("process: lines arrive while the child runs") {
  std::vector<std::string> lines;
  Command command = shell(R"(printf 'one\ntwo\r\n'; echo three >&2; printf 'no end')");
  command.on_line = [&](Stream stream, std::string_view line) {
    lines.push_back((stream == Stream::kErr ? "err:" : "out:") + std::string(line));
  };
  CHECK(kLauncher.run(command).succeeded());
  std::sort(lines.begin(), lines.end());
  CHECK(lines == std::vector<std::string>{"err:three", "out:no end", "out:one", "out:two"});
}

TEST_CASE("process: an exception of on_line ends the child and passes through") {
  Command command = shell("echo go; sleep 1000");
  command.on_line = [](Stream, std::string_view) { throw Error(Status::kInvalid, "enough"); };
  CHECK_THROWS_WITH_AS(kLauncher.run(command), "enough", Error);
}

TEST_CASE("process: fifty at once, and no descriptor is left over") {
  const std::size_t before = open_descriptors();
  std::vector<ProcessResult> results(50);
  std::vector<std::thread> threads;
  for (std::size_t index = 0; index < results.size(); ++index) {
    threads.emplace_back([&results, index] {
      results[index] = kLauncher.run(shell("echo " + std::to_string(index)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t index = 0; index < results.size(); ++index) {
    CHECK(results[index].out.text == std::to_string(index) + "\n");
  }
  CHECK(open_descriptors() == before);
}

}  // namespace toolpost::sdk::test
