// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <poll.h>
#include <unistd.h>

namespace toolpost::cli {
namespace {

// Who pipes into head has what was wanted.
bool is_read_no_more(int fd) {
  pollfd one{.fd = fd, .events = POLLOUT, .revents = 0};
  return ::poll(&one, 1, 0) == 1 && (one.revents & POLLERR) != 0;
}

}  // namespace

void complain(const std::string& message) {
  std::fprintf(stderr, "toolpost: %s\n", message.c_str());
}

int fail(const Error& error, int exit_code) {
  complain(error.message());
  return exit_code;
}

int fail(const char* command, const Error& error, int exit_code) {
  complain(std::string{command} + ": " + error.message());
  return exit_code;
}

int with_output_written(int exit_code) {
  const bool is_flushed = std::fflush(stdout) == 0;
  const int reason = is_flushed ? EIO : errno;  // what failed before left a mark, and no reason
  if (is_flushed && std::ferror(stdout) == 0) return exit_code;
  if (exit_code != EXIT_SUCCESS || is_read_no_more(STDOUT_FILENO)) return exit_code;
  complain(errno_error("write to standard output", reason).message());
  return config::kExitFailure;
}

}  // namespace toolpost::cli
