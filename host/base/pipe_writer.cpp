// SPDX-License-Identifier: Apache-2.0
#include "base/pipe_writer.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

namespace toolpost {

Result<UniqueFd> open_for_writing(const std::string& path, int flags, mode_t mode) {
  UniqueFd fd{::open(path.c_str(), flags | O_NONBLOCK, mode)};
  if (!fd && errno == ENXIO) {
    return invalid(path +
                   ": not a regular file, and no pipe that somebody reads; begin to read it first, "
                   "or name another file");
  }
  if (!fd) return errno_error("open " + path, errno);
  const int status = ::fcntl(fd.get(), F_GETFL);
  if (status < 0 || ::fcntl(fd.get(), F_SETFL, status & ~O_NONBLOCK) != 0) {
    return errno_error("open " + path, errno);
  }
  return fd;
}

Result<UniqueFd> hold_pipe(const std::string& path) {
  struct stat status {};

  if (::stat(path.c_str(), &status) != 0 || !S_ISFIFO(status.st_mode)) return UniqueFd{};
  return open_for_writing(path, O_WRONLY | O_CLOEXEC);
}

}  // namespace toolpost
