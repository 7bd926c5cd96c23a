// SPDX-License-Identifier: Apache-2.0
// posix_spawn does not copy the host's address space and runs none of its code in the child, so it
// is safe beside any number of threads. All descriptors are CLOEXEC from birth.
#include "launched_child.hpp"

#include "launch_protocol.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <utility>
#include <vector>

namespace toolpost::sdk::detail {
namespace {

// The child's ends are moved up here, so that placing them at 0 to 3 never overwrites one another.
constexpr int kLowestSource = 10;

struct Ends {
  UniqueFd ours;
  UniqueFd theirs;
};

std::string failure_text(const std::string& what, int error) {
  return what + ": " + std::generic_category().message(error);
}

bool move_up(UniqueFd& fd) {
  fd.reset(fcntl(fd.get(), F_DUPFD_CLOEXEC, kLowestSource));
  return static_cast<bool>(fd);
}

// `our_end` is 0 for reading, 1 for writing.
bool open_pipe(Ends& ends, std::size_t our_end) {
  std::array<int, 2> fds{};
  if (pipe2(fds.data(), O_CLOEXEC) != 0) return false;
  ends.ours.reset(fds[our_end]);
  ends.theirs.reset(fds[1 - our_end]);
  return fcntl(ends.ours.get(), F_SETFL, O_NONBLOCK) == 0 && move_up(ends.theirs);
}

bool open_control(Ends& ends) {
  std::array<int, 2> fds{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds.data()) != 0) return false;
  ends.ours.reset(fds[0]);
  ends.theirs.reset(fds[1]);
  return move_up(ends.theirs);
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string find_mistake(const Command& command) {
  const auto has_nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  if (command.program.empty() || command.program.front() != '/' || has_nul(command.program)) {
    return "the program is not an absolute path: '" + command.program + "'";
  }
  const std::string& directory = command.working_directory;
  if (directory.empty() || directory.front() != '/' || has_nul(directory)) {
    return "the working directory is not an absolute path: '" + directory + "'";
  }
  for (const std::string& argument : command.arguments) {
    if (has_nul(argument)) return "an argument holds a NUL byte";
  }
  for (const std::string& variable : command.environment) {
    const std::size_t equals = variable.find('=');
    if (equals == 0 || equals == std::string::npos || has_nul(variable)) {
      return "an environment entry is not NAME=value";  // without its text: it may be a secret
    }
  }
  return {};
}

// posix_spawn's two parameter objects, destroyed with this.
class SpawnSettings {
 public:
  SpawnSettings() noexcept {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
  }

  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  // Whatever the host blocks or ignores does not reach the launcher. `in` is -1 for /dev/null.
  int prepare(int in, int out, int err, int control) noexcept {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    const std::array<int, 7> results{
        in < 0 ? posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
               : posix_spawn_file_actions_adddup2(&actions_, in, STDIN_FILENO),
        posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO),
        posix_spawn_file_actions_adddup2(&actions_, err, STDERR_FILENO),
        posix_spawn_file_actions_adddup2(&actions_, control, TOOLPOST_LAUNCH_CONTROL_FD),
        posix_spawnattr_setsigmask(&attributes_, &none),
        posix_spawnattr_setsigdefault(&attributes_, &all),
        posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID)};
    for (const int result : results) {
      if (result != 0) return result;
    }
    return 0;
  }

  const posix_spawn_file_actions_t* actions() const noexcept { return &actions_; }

  const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

std::string LaunchedChild::start(const std::string& launcher, const Command& command, Input input) {
  std::string mistake = find_mistake(command);
  if (!mistake.empty()) return mistake;
  Ends in;
  Ends out;
  Ends err;
  Ends control;
  if ((input == Input::kPipe && !open_pipe(in, 1)) || !open_pipe(out, 0) || !open_pipe(err, 0) ||
      !open_control(control)) {
    return failure_text("cannot open pipes for the child", errno);
  }
  SpawnSettings settings;
  int error =
      settings.prepare(in.theirs.get(), out.theirs.get(), err.theirs.get(), control.theirs.get());
  if (error != 0) return failure_text("cannot prepare the child", error);

  std::array<char, 16> mask{};
  std::snprintf(mask.data(), mask.size(), "%o", command.file_mode_mask & 0777U);
  std::vector<std::string> arguments{launcher,
                                     TOOLPOST_LAUNCH_VERSION,
                                     mask.data(),
                                     std::to_string(command.max_memory),
                                     command.working_directory,
                                     command.program};
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> environment = command.environment;
  error = posix_spawn(&pid_, launcher.c_str(), settings.actions(), settings.attributes(),
                      pointers_to(arguments).data(), pointers_to(environment).data());
  if (error != 0) {
    pid_ = -1;
    return failure_text("cannot execute " + launcher, error);
  }
  control_ = std::move(control.ours);
  in_ = std::move(in.ours);
  out_ = std::move(out.ours);
  err_ = std::move(err.ours);
  return {};
}

void LaunchedChild::request_end() noexcept {
  shutdown(control_.get(), SHUT_WR);
}

void LaunchedChild::kill_launcher() noexcept {
  if (pid_ > 0) kill(pid_, SIGKILL);
}

int LaunchedChild::reap() noexcept {
  int status = -1;
  while (pid_ > 0 && waitpid(pid_, &status, 0) < 0) {
    if (errno == EINTR) continue;
    status = -1;  // ECHILD: SIGCHLD is ignored here, the kernel has reaped it
    break;
  }
  pid_ = -1;
  return status;
}

LaunchedChild::~LaunchedChild() {
  control_.reset();
  reap();
}

}  // namespace toolpost::sdk::detail
