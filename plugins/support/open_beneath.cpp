// SPDX-License-Identifier: Apache-2.0
#include "support/open_beneath.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace toolpost::support {

FileDescriptor open_beneath(int directory, const char* path, int flags,
                            std::uint64_t more) noexcept {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags) | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | more;
  for (;;) {
    // EAGAIN: the kernel saw a rename on the way and wants to be asked again.
    const long fd = ::syscall(SYS_openat2, directory, path, &how, sizeof how);
    if (fd >= 0 || (errno != EINTR && errno != EAGAIN)) {
      return FileDescriptor(static_cast<int>(fd));
    }
  }
}

}  // namespace toolpost::support
