// SPDX-License-Identifier: Apache-2.0
#include "base/read_at.hpp"

#include <cerrno>
#include <unistd.h>

namespace toolpost {

Result<std::string> read_at(int fd, std::uint64_t begin, std::size_t size) {
  std::string text(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got =
        ::pread(fd, text.data() + filled, size - filled, static_cast<off_t>(begin + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("read", errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  text.resize(filled);
  return text;
}

}  // namespace toolpost
