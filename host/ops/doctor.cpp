// SPDX-License-Identifier: Apache-2.0
#include "ops/doctor.hpp"

#include "base/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace toolpost::ops {
namespace {

constexpr int kVersionTimeoutMs = 5000;

bool is_executable(const std::string& path) {
  struct stat status {};

  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

std::string find_uv(std::string_view search_path) {
  while (!search_path.empty()) {
    const std::size_t colon = std::min(search_path.find(':'), search_path.size());
    const std::string_view directory = search_path.substr(0, colon);
    search_path.remove_prefix(std::min(colon + 1, search_path.size()));
    // A relative entry would make the answer depend on where the host was started.
    if (!directory.starts_with('/')) continue;
    std::string candidate = std::string{directory} + "/uv";
    if (is_executable(candidate)) return candidate;
  }
  return {};
}

// The first line that `program --version` prints; empty when it does not come.
std::string version_line(const std::string& program) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return {};
  const UniqueFd read_end{pipe[0]};
  UniqueFd write_end{pipe[1]};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, write_end.get(), STDOUT_FILENO);
  std::string name = program;
  std::string option = "--version";
  std::array<char*, 3> arguments = {name.data(), option.data(), nullptr};
  std::array<char*, 1> environment = {nullptr};
  pid_t child = -1;
  const int failed = ::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments.data(),
                                   environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return {};
  write_end.reset();
  std::string line;
  pollfd readable{read_end.get(), POLLIN, 0};
  std::array<char, 256> buffer{};
  while (line.find('\n') == std::string::npos && ::poll(&readable, 1, kVersionTimeoutMs) > 0) {
    const ssize_t got = ::read(read_end.get(), buffer.data(), buffer.size());
    if (got <= 0) break;
    line.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ::kill(child, SIGKILL);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
  return line.substr(0, line.find('\n'));
}

std::array<int, 3> numbers(std::string_view version) {
  std::array<int, 3> parts{-1, -1, -1};
  for (int& part : parts) {
    const auto [end, error] =
        std::from_chars(version.data(), version.data() + version.size(), part);
    if (error != std::errc{}) break;
    version.remove_prefix(static_cast<std::size_t>(end - version.data()));
    if (!version.starts_with('.')) break;
    version.remove_prefix(1);
  }
  return parts;
}

}  // namespace

bool is_at_least(std::string_view version, std::string_view oldest) {
  return numbers(version) >= numbers(oldest);
}

Finding fault(std::string id, std::string text, std::string remedy) {
  return {Finding::State::kFault, std::move(id), std::move(text), std::move(remedy)};
}

Finding check_directory(std::string id, const std::string& path, bool must_write) {
  struct stat status {};

  if (::stat(path.c_str(), &status) != 0) {
    return fault(
        std::move(id), path + ": " + std::strerror(errno),
        "create it with: mkdir -p '" + path + "', or name another one in the configuration");
  }
  if (!S_ISDIR(status.st_mode)) {
    return fault(std::move(id), path + " is not a directory",
                 "name a directory in the configuration");
  }
  if (::access(path.c_str(), must_write ? R_OK | W_OK | X_OK : R_OK | X_OK) != 0) {
    const std::string user = std::to_string(::geteuid());
    return fault(
        std::move(id),
        path + " cannot be " + (must_write ? "written" : "read") + " by this user (" + user + ")",
        "run this as the user that runs the server, or give it the directory with: chown " + user +
            " '" + path + "'");
  }
  return {Finding::State::kOk, std::move(id), path};
}

Finding check_uv(const std::string& path, std::string_view search_path) {
  const std::string uv = path.empty() ? find_uv(search_path) : path;
  if (uv.empty()) {
    return fault("uv.found", "uv is not in PATH",
                 "install uv " + std::string{kOldestUv} +
                     " or newer, for instance into /usr/local/bin, or name it in the configuration "
                     "of uv-package (\"uv\")");
  }
  if (!is_executable(uv)) {
    return fault("uv.found", uv + " is not an executable file",
                 "name uv itself in the configuration of uv-package (\"uv\")");
  }
  const std::string line = version_line(uv);
  constexpr std::string_view kName = "uv ";
  if (!line.starts_with(kName)) {
    return fault("uv.version", uv + " does not say its version", "install uv there anew");
  }
  const std::string version =
      line.substr(kName.size(), line.find(' ', kName.size()) - kName.size());
  if (!is_at_least(version, kOldestUv)) {
    return fault("uv.version", uv + " is version " + version,
                 "install uv " + std::string{kOldestUv} + " or newer");
  }
  return {Finding::State::kOk, "uv.version", uv + ", version " + version};
}

}  // namespace toolpost::ops
