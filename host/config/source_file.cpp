// SPDX-License-Identifier: Apache-2.0
#include "config/source_file.hpp"

#include "base/file_owner.hpp"
#include "base/unique_fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::config {

Result<std::string> read_source_file(const std::string& path) {
  // Non-blocking, so that a FIFO in the file's place is refused instead of waited for.
  const UniqueFd fd{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!fd) {
    const int error = errno;
    return errno_error(path, error == ENOTDIR ? ENOENT : error);
  }

  struct stat status {};

  if (fstat(fd.get(), &status) != 0) return errno_error(path, errno);
  if (const auto safe = check_owner_and_writers(status, path); !safe) return safe.error();
  std::string text;
  char chunk[16 * 1024];
  for (;;) {
    const ssize_t count = read(fd.get(), chunk, sizeof chunk);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno_error(path, errno);
    if (count == 0) return text;
    text.append(chunk, static_cast<std::size_t>(count));
    if (text.size() > kMaxFileBytes) {
      return Error{Errc::kLimit, path + ": larger than " + std::to_string(kMaxFileBytes) +
                                     " bytes; that is no configuration"};
    }
  }
}

}  // namespace toolpost::config
