// SPDX-License-Identifier: Apache-2.0
// Taking the lock, and the one way the file is written.
#include "base/write_all.hpp"
#include "identity/api_key.hpp"
#include "identity/users_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace toolpost::identity {
namespace {

using Clock = std::chrono::steady_clock;

constexpr mode_t kFileMode = 0600;
constexpr std::chrono::milliseconds kFirstPause{1};
constexpr std::chrono::milliseconds kLongestPause{16};

std::string lock_name(const UsersDirectory& directory) {
  return directory.name() + ".lock";
}

// Begins the names of files that are being written.
std::string new_file_prefix(const UsersDirectory& directory) {
  return directory.name() + ".new-";
}

// F_OFD_SETLKW cannot be told to give up, so the lock is asked for again and again.
Result<> wait_for_lock(int fd, Clock::time_point deadline) {
  struct flock whole {};

  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  auto pause = kFirstPause;
  while (::fcntl(fd, F_OFD_SETLK, &whole) != 0) {
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EACCES) {
      Error error = errno_error("lock", errno);
      return Error{error.code(),
                   error.message() + "; the users' file needs a file system with locks"};
    }
    if (Clock::now() >= deadline) {
      return Error{Errc::kUnavailable, "another process is changing the users; try again"};
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
  return {};
}

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

// Whoever wrote these had the lock, and has it no more.
void remove_left_behind(const UsersDirectory& directory) {
  const int fd = ::openat(directory.fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, CloseDirectory> entries{fd < 0 ? nullptr : ::fdopendir(fd)};
  if (!entries) {
    if (fd >= 0) ::close(fd);
    return;
  }
  const std::string prefix = new_file_prefix(directory);
  while (const dirent* entry = ::readdir(entries.get())) {
    if (std::string_view{entry->d_name}.starts_with(prefix)) {
      ::unlinkat(directory.fd(), entry->d_name, 0);
    }
  }
}

Result<> write_file(const UsersDirectory& directory, const std::string& name,
                    std::string_view text) {
  const UniqueFd fd{::openat(directory.fd(), name.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode)};
  if (!fd) return errno_error("create " + name, errno);
  // The umask may have taken the owner's own rights.
  if (::fchmod(fd.get(), kFileMode) != 0) return errno_error("chmod " + name, errno);
  if (auto written = write_all(fd.get(), text); !written) return written;
  if (::fsync(fd.get()) != 0) return errno_error("sync " + name, errno);
  return {};
}

}  // namespace

Result<UsersLock> UsersLock::take(const UsersDirectory& directory,
                                  std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  const std::string name = lock_name(directory);
  UniqueFd fd{::openat(directory.fd(), name.c_str(),
                       O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, kFileMode)};
  if (!fd) return errno_error("open " + directory.path() + ".lock", errno);
  if (auto locked = wait_for_lock(fd.get(), deadline); !locked) return locked.error();
  return UsersLock{directory, std::move(fd)};
}

Result<> UsersLock::replace(std::string_view text, const FileStamp& expected) const {
  const std::string& path = directory_->path();
  remove_left_behind(*directory_);
  const auto unique = generate_key_id();
  if (!unique) return unique.error();
  const std::string name = new_file_prefix(*directory_) + *unique;
  auto written = write_file(*directory_, name, text);
  if (!written) {
    ::unlinkat(directory_->fd(), name.c_str(), 0);
    return std::move(written).error().in(path);
  }
  // Only somebody without the lock, an editor say, can have changed it.
  const auto present = directory_->stamp();
  if (!present || *present != expected) {
    ::unlinkat(directory_->fd(), name.c_str(), 0);
    if (!present) return present.error();
    return Error{Errc::kUnavailable, path + " was changed meanwhile without the lock; try again"};
  }
  if (::renameat(directory_->fd(), name.c_str(), directory_->fd(), directory_->name().c_str()) !=
      0) {
    const int reason = errno;
    ::unlinkat(directory_->fd(), name.c_str(), 0);
    return errno_error("rename to " + path, reason);
  }
  if (::fsync(directory_->fd()) != 0) {
    return errno_error("the change is made, but may not survive a power cut: sync " + path, errno);
  }
  return {};
}

}  // namespace toolpost::identity
