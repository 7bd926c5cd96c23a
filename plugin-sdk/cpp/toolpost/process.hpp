// SPDX-License-Identifier: Apache-2.0
// Runs another program for a tool, on Linux: bounded output, a deadline, cancellation from any
// thread, and the end of everything it started. The work is done by the program toolpost-launch.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::sdk {

// A switch that ends the processes it was given to. Copies share it. Typical use:
//   Cancellation cancellation;
//   call.on_cancel([cancellation] { cancellation.request(); });
class Cancellation {
 public:
  // Throws Error(kLimit) when the process has no descriptor left.
  Cancellation();

  // Any thread, never blocks, may be repeated.
  void request() const noexcept;
  bool is_requested() const noexcept;
  // Readable once request() was called.
  int descriptor() const noexcept;

 private:
  struct Switch;
  std::shared_ptr<Switch> switch_;
};

enum class Stream { kOut, kErr };

struct Command {
  static constexpr std::size_t kDefaultMaxOutput = std::size_t{1} << 20U;
  static constexpr unsigned kPrivateFiles = 077;

  std::string program;                   // absolute path; PATH is not searched
  std::vector<std::string> arguments;    // without the program's own name
  std::vector<std::string> environment;  // "NAME=value": all of it, nothing is inherited
  std::string working_directory;         // absolute path
  // Counted from the start. Empty = no limit.
  std::optional<std::chrono::milliseconds> deadline;
  // Kept of each stream, in bytes: the first and the last half of it.
  std::size_t max_output = kDefaultMaxOutput;
  // The child's umask: 077 keeps what it creates to the owner.
  unsigned file_mode_mask = kPrivateFiles;
  // Of address space for the child and each of its descendants, in bytes: beyond it they get no
  // memory. 0 = no limit.
  std::uint64_t max_memory = 0;
  // Called on the thread of run() for every line, without its end; lines beyond 4 KiB come in
  // pieces. What it throws ends the child and passes through run().
  std::function<void(Stream, std::string_view)> on_line;
};

struct CapturedOutput {
  std::string text;        // bytes as they came; a notice stands where the middle was left out
  std::uint64_t size = 0;  // what the child wrote, in bytes
  bool is_truncated = false;
};

struct ProcessResult {
  enum class End {
    kExited,      // by itself, see exit_code
    kSignalled,   // by a signal that was not ours, see signal
    kCancelled,   // because of the Cancellation
    kDeadline,    // because of the deadline
    kNotStarted,  // see problem
    kLost         // the launcher ended or hung; see problem
  };

  End end = End::kNotStarted;
  int exit_code = -1;
  int signal = 0;
  std::string problem;  // one line, for kNotStarted and kLost
  // False when a process could not be ended, e.g. one that hangs in the kernel.
  bool are_descendants_gone = true;
  CapturedOutput out;
  CapturedOutput err;

  bool succeeded() const noexcept { return end == End::kExited && exit_code == 0; }

  // One line, e.g. "exited with code 2" or "cannot execute /usr/bin/x: No such file or directory".
  std::string describe() const;
};

// Knows where toolpost-launch is. A plain value.
class Launcher {
 public:
  explicit Launcher(std::string path) : path_(std::move(path)) {}

  // Looks near the library this is linked into, then near the running program. Throws
  // Error(kUnavailable) that names what it looked at, also when others than root and this user may
  // write to the program it found.
  static Launcher find();

  // Blocks until the child and all its descendants have ended, also those that left its process
  // group or session; what the child leaves behind after a normal end is ended too. TERM first, and
  // KILL a second later: it returns within 2.5 s of a cancellation or the deadline. When this
  // process dies, the launcher does the same by itself. Any thread, many at once. The child: stdin
  // is /dev/null, no inherited descriptor, a session of its own, no new privileges, no core dump,
  // default signal handling. Throws only what on_line throws, and bad_alloc.
  ProcessResult run(const Command& command,
                    const Cancellation& cancellation = Cancellation()) const;

  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace toolpost::sdk
