// SPDX-License-Identifier: Apache-2.0
#include "audit/directory.hpp"

#include "base/make_directories.hpp"
#include "base/read_at.hpp"
#include "base/write_all.hpp"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace toolpost::audit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr mode_t kOthers = 077;
constexpr mode_t kFileMode = 0600;
constexpr const char* kLockName = "ledger.lock";
// The lock is held for moments; whoever waits longer waits for a disk that does not answer.
constexpr std::chrono::seconds kLockPatience{10};
constexpr std::chrono::milliseconds kLockPause{2};

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

Result<> check(int fd, const std::string& path) {
  struct stat status {};

  if (::fstat(fd, &status) != 0) return errno_error("stat " + path, errno);
  if (status.st_uid != ::geteuid()) {
    return Error{Errc::kDenied, path + " belongs to user " + std::to_string(status.st_uid) +
                                    ", this process is user " + std::to_string(::geteuid()) +
                                    "; run toolpost as that user, or name another audit.directory"};
  }
  if ((status.st_mode & kOthers) == 0) return {};
  return Error{Errc::kDenied,
               path +
                   " holds the audit and is open to others; chmod 700 it, or name another "
                   "audit.directory"};
}

bool set_lock(int fd) {
  struct flock whole {};

  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return ::fcntl(fd, F_OFD_SETLK, &whole) == 0;
}

}  // namespace

Result<Directory> Directory::open(const std::string& path) {
  UniqueFd fd{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  if (!fd && (errno == ELOOP || errno == ENOTDIR)) {
    return Error{Errc::kDenied, path + " is a link or no directory; name the directory itself"};
  }
  if (!fd) return errno_error("open " + path, errno);
  if (auto good = check(fd.get(), path); !good) return good.error();
  return Directory{std::move(fd), path};
}

Result<Directory> Directory::open_or_make(const std::string& path) {
  if (auto made = make_private_directories(path); !made) return made.error();
  return open(path);
}

Result<std::vector<std::string>> Directory::names() const {
  const int fd = ::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, CloseDirectory> entries{fd < 0 ? nullptr : ::fdopendir(fd)};
  if (!entries) {
    const int reason = errno;
    if (fd >= 0) ::close(fd);
    return errno_error("list " + path_, reason);
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(entries.get())) names.emplace_back(entry->d_name);
  if (errno != 0) return errno_error("list " + path_, errno);
  return names;
}

Result<std::map<std::string, std::vector<std::uint32_t>>> Directory::segments() const {
  const auto all = names();
  if (!all) return all.error();
  std::map<std::string, std::vector<std::uint32_t>> chains;
  for (const std::string& one : *all) {
    if (auto name = parse_segment_file_name(one)) {
      chains[std::move(name->chain)].push_back(name->segment);
    }
  }
  for (auto& [chain, segments] : chains) std::sort(segments.begin(), segments.end());
  return chains;
}

Result<> Directory::replace(const std::string& name, std::string_view text) const {
  const std::string draft = name + ".new-" + std::to_string(::getpid());
  const std::string path = path_ + "/" + name;
  ::unlinkat(fd_.get(), draft.c_str(), 0);
  {
    const UniqueFd fd{::openat(fd_.get(), draft.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode)};
    if (!fd) return errno_error("create " + path, errno);
    auto written = write_all(fd.get(), text);
    if (written && ::fsync(fd.get()) != 0) written = errno_error("sync", errno);
    if (!written) {
      ::unlinkat(fd_.get(), draft.c_str(), 0);
      return std::move(written).error().in(path);
    }
  }
  if (::renameat(fd_.get(), draft.c_str(), fd_.get(), name.c_str()) != 0) {
    const int reason = errno;
    ::unlinkat(fd_.get(), draft.c_str(), 0);
    return errno_error("rename to " + path, reason);
  }
  return sync();
}

Result<std::string> Directory::read(const std::string& name, std::size_t limit) const {
  const std::string path = path_ + "/" + name;
  const UniqueFd fd{
      ::openat(fd_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!fd) return errno_error("open " + path, errno);

  struct stat status {};

  if (::fstat(fd.get(), &status) != 0) return errno_error("stat " + path, errno);
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > limit) {
    return Error{Errc::kLimit, path + " has more than " + std::to_string(limit) + " bytes"};
  }
  auto text = read_at(fd.get(), 0, size);
  if (!text) return std::move(text).error().in(path);
  return text;
}

Result<> Directory::sync() const {
  if (::fsync(fd_.get()) != 0) return errno_error("sync " + path_, errno);
  return {};
}

bool try_lock(int fd) {
  return set_lock(fd);
}

bool is_locked(int fd) {
  struct flock whole {};

  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return ::fcntl(fd, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

Result<LedgerLock> LedgerLock::take(const Directory& directory) {
  const std::string path = directory.path() + "/" + kLockName;
  UniqueFd fd{
      ::openat(directory.fd(), kLockName, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kFileMode)};
  if (!fd) return errno_error("open " + path, errno);
  const auto deadline = Clock::now() + kLockPatience;
  while (!set_lock(fd.get())) {
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EACCES) {
      Error error = errno_error("lock " + path, errno);
      return Error{error.code(), error.message() + "; the audit needs a file system with locks"};
    }
    if (Clock::now() >= deadline) {
      return Error{Errc::kUnavailable, path + " stays locked by another process"};
    }
    std::this_thread::sleep_for(kLockPause);
  }
  return LedgerLock{std::move(fd)};
}

}  // namespace toolpost::audit
