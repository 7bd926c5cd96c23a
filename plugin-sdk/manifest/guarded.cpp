// SPDX-License-Identifier: Apache-2.0
#include "guarded.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace toolpost::manifest {
namespace {

// An entry function does nothing but return a table.
constexpr unsigned kSeconds = 60;

// The child's message: what it is, the text, and the end, without which it was cut short.
constexpr char kResult = 'r';
constexpr char kError = 'e';
constexpr char kEnd = '\n';

[[noreturn]] void throw_errno(const char* what) {
  throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

[[noreturn]] void be_child(int descriptor, const std::function<std::string()>& work) {
  ::alarm(kSeconds);
  std::string message;
  try {
    message = kResult + work();
  } catch (const std::exception& error) {
    message = kError + std::string(error.what());
  }
  write_all(descriptor, message + kEnd);
  ::_exit(0);
}

std::string how_it_ended(int status) {
  if (WIFEXITED(status)) return "with exit code " + std::to_string(WEXITSTATUS(status));
  if (WTERMSIG(status) == SIGALRM) {
    return "not at all within " + std::to_string(kSeconds) + " seconds";
  }
  return "by signal " + std::to_string(WTERMSIG(status));
}

}  // namespace

std::string run_guarded(const std::string& plugin, const std::function<std::string()>& work) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw_errno("pipe");
  // There is one thread, so that a fork without exec is safe.
  const pid_t child = ::fork();
  if (child < 0) throw_errno("fork");
  if (child == 0) {
    ::close(ends[0]);
    be_child(ends[1], work);
  }
  ::close(ends[1]);
  const std::string message = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (message.size() < 2 || message.back() != kEnd) {
    throw std::runtime_error(plugin + ": toolpost_entry_v1(), or what runs when the library is " +
                             "loaded, ended the process " + how_it_ended(status));
  }
  std::string text = message.substr(1, message.size() - 2);
  if (message.front() == kError) throw std::runtime_error(plugin + ": " + text);
  return text;
}

}  // namespace toolpost::manifest
