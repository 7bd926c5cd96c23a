// SPDX-License-Identifier: Apache-2.0
#include "base/private_directory.hpp"

#include "base/file_owner.hpp"
#include "base/make_directories.hpp"
#include "base/read_at.hpp"
#include "base/write_all.hpp"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost {
namespace {

constexpr mode_t kFileMode = 0600;

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

Result<> check(int fd, const std::string& path) {
  struct stat status {};

  if (::fstat(fd, &status) != 0) return errno_error("stat " + path, errno);
  if (status.st_uid != ::geteuid()) {
    return Error{Errc::kDenied, path + " belongs to user " + std::to_string(status.st_uid) +
                                    ", this process is user " + std::to_string(::geteuid()) +
                                    "; run toolpost as that user, or name another"};
  }
  if ((status.st_mode & kOthers) == 0) return {};
  return Error{Errc::kDenied, path + " is open to others; chmod 700 it, or name another"};
}

}  // namespace

Result<PrivateDirectory> PrivateDirectory::open(const std::string& path) {
  UniqueFd fd{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  if (!fd && (errno == ELOOP || errno == ENOTDIR)) {
    return Error{Errc::kDenied, path + " is a link or no directory; name the directory itself"};
  }
  if (!fd) return errno_error("open " + path, errno);
  if (auto good = check(fd.get(), path); !good) return good.error();
  return PrivateDirectory{std::move(fd), path};
}

Result<PrivateDirectory> PrivateDirectory::open_or_make(const std::string& path) {
  if (auto made = make_private_directories(path); !made) return made.error();
  return open(path);
}

Result<std::vector<std::string>> PrivateDirectory::names() const {
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

Result<> PrivateDirectory::replace(const std::string& name, std::string_view text) const {
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

Result<std::string> PrivateDirectory::read(const std::string& name, std::size_t limit) const {
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

Result<> PrivateDirectory::sync() const {
  if (::fsync(fd_.get()) != 0) return errno_error("sync " + path_, errno);
  return {};
}

bool try_lock(int fd) {
  struct flock whole {};

  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return ::fcntl(fd, F_OFD_SETLK, &whole) == 0;
}

bool is_locked(int fd) {
  struct flock whole {};

  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return ::fcntl(fd, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

}  // namespace toolpost
