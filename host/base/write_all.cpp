// SPDX-License-Identifier: Apache-2.0
#include "base/write_all.hpp"

#include <cerrno>
#include <unistd.h>

namespace toolpost {

Result<> write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno_error("write", errno);
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace toolpost
