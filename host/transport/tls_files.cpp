// SPDX-License-Identifier: Apache-2.0
#include "transport/tls_files.hpp"

#include "base/file_owner.hpp"
#include "base/unique_fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::transport {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20;

std::int64_t nanoseconds(const timespec& time) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  return static_cast<std::int64_t>(time.tv_sec) * kSecond + time.tv_nsec;
}

Result<> check_access(const struct stat& status, const std::string& path, FileUse use) {
  if (auto owned = check_owner_and_writers(status, path); !owned) return owned;
  if (use == FileUse::kPrivate && (status.st_mode & S_IROTH) != 0) {
    return Error{Errc::kDenied, path +
                                    ": every user of this machine can read the private key; "
                                    "mend it with: chmod o= '" +
                                    path + "'"};
  }
  return {};
}

}  // namespace

Result<Secret> read_tls_file(const std::string& path, FileUse use) {
  // Non-blocking, so that a FIFO in the file's place is refused instead of waited for.
  const UniqueFd fd{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!fd) return errno_error(path, errno);

  struct stat status {};

  if (fstat(fd.get(), &status) != 0) return errno_error(path, errno);
  if (const auto safe = check_access(status, path, use); !safe) return safe.error();
  if (static_cast<std::size_t>(status.st_size) > kMaxFileBytes) {
    return Error{Errc::kLimit, path + ": larger than " + std::to_string(kMaxFileBytes) +
                                   " bytes; that is no PEM"};
  }
  // Never grown: a string that moves would leave a copy of the key behind.
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t count = read(fd.get(), text.data() + filled, text.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno_error(path, errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  text.resize(filled);
  return Secret{std::move(text)};
}

TlsFileStamp stamp_of(const std::string& path) {
  struct stat status {};

  if (path.empty() || ::stat(path.c_str(), &status) != 0) return {};
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = status.st_size,
          .modified_ns = nanoseconds(status.st_mtim),
          .changed_ns = nanoseconds(status.st_ctim)};
}

}  // namespace toolpost::transport
