// SPDX-License-Identifier: Apache-2.0
#include "cli/client_storage.hpp"

#include "base/make_directories.hpp"
#include "base/read_at.hpp"
#include "base/same_file.hpp"
#include "base/write_all.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

namespace toolpost::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = std::size_t{64} * 1024 * 1024;
constexpr mode_t kPermissions = 07777;
constexpr mode_t kNewFileMode = 0600;

struct Content {
  std::string text;

  struct stat status {};
};

Result<Content> read_regular(const std::string& path) {
  const UniqueFd fd{
      ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
  if (!fd) return errno_error("open " + path, errno);
  Content content;
  if (::fstat(fd.get(), &content.status) != 0) return errno_error("stat " + path, errno);
  if (!S_ISREG(content.status.st_mode)) return invalid(path + ": is no regular file");
  if (content.status.st_nlink != 1) {
    return invalid(path + ": has a second name, which would keep the old text; remove that hard " +
                   "link, or change the file by hand");
  }
  if (static_cast<std::size_t>(content.status.st_size) > kMaxBytes) {
    return Error{Errc::kLimit, path + ": larger than 64 MiB; that is no client's configuration"};
  }
  auto text = read_at(fd.get(), 0, static_cast<std::size_t>(content.status.st_size));
  if (!text) return std::move(text).error().in(path);
  content.text = std::move(*text);
  return content;
}

Result<> sync_directory(const fs::path& directory) {
  const UniqueFd fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd || ::fsync(fd.get()) != 0) return errno_error("sync " + directory.string(), errno);
  return {};
}

// Nothing when there is no such directory.
Result<UniqueFd> lock_directory(const fs::path& directory) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::seconds kPatience{10};
  constexpr std::chrono::milliseconds kPause{5};
  UniqueFd fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd && errno == ENOENT) return UniqueFd{};
  if (!fd) return errno_error("open " + directory.string(), errno);
  const auto deadline = Clock::now() + kPatience;
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return errno_error("lock " + directory.string(), errno);
    }
    if (Clock::now() >= deadline) {
      return Error{Errc::kUnavailable, directory.string() + ": another program has it locked"};
    }
    std::this_thread::sleep_for(kPause);
  }
  return fd;
}

// The file that links lead to, as far as it is there.
Result<fs::path> real_path(const std::string& path) {
  std::error_code ec;
  const fs::path real = fs::canonical(path, ec);
  if (!ec) return real;
  if (fs::is_symlink(fs::symlink_status(path))) {
    return invalid(path + ": is a symbolic link that leads nowhere; remove it or make its target");
  }
  if (ec != std::errc::no_such_file_or_directory) return errno_error(path, ec.value());
  const fs::path absolute = fs::absolute(path);
  const fs::path parent = fs::weakly_canonical(absolute.parent_path(), ec);
  return parent / absolute.filename();
}

bool is_same(const struct stat& a, const struct stat& b) {
  return is_same_file(a, b) && a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

// Mode and owner of the file that the new one takes the place of.
Result<> take_after(int fd, const struct stat& status, const std::string& path) {
  const bool foreign = status.st_uid != ::geteuid() || status.st_gid != ::getegid();
  if (foreign && ::fchown(fd, status.st_uid, status.st_gid) != 0) {
    return errno_error(path + " belongs to user " + std::to_string(status.st_uid) + ", group " +
                           std::to_string(status.st_gid) + ", and cannot be given to them anew",
                       errno);
  }
  if (::fchmod(fd, status.st_mode & kPermissions) != 0) return errno_error("chmod " + path, errno);
  return {};
}

// A file that goes unless it is renamed first.
struct Draft {
  std::string path;
  UniqueFd fd;

  ~Draft() {
    if (!path.empty()) ::unlink(path.c_str());
  }
};

}  // namespace

Result<ClientFile> ClientFile::open(const std::string& path) {
  const auto real = real_path(path);
  if (!real) return real.error();
  auto lock = lock_directory(real->parent_path());
  if (!lock) return lock.error();
  ClientFile file{real->string(), std::move(*lock)};
  auto content = read_regular(file.path_);
  if (!content && content.error().code() == Errc::kNotFound) return file;
  if (!content) return content.error();
  file.text_ = std::move(content->text);
  file.status_ = content->status;
  return file;
}

std::optional<std::string> ClientFile::backup() const {
  const auto content = read_regular(backup_path());
  if (!content || !status_ || content->status.st_uid != status_->st_uid) return std::nullopt;
  return content->text;
}

Result<> ClientFile::unchanged() const {
  struct stat now {};

  const bool there = ::lstat(path_.c_str(), &now) == 0;
  if (there == status_.has_value() && (!there || is_same(now, *status_))) return {};
  return Error{Errc::kUnavailable, path_ + ": somebody else has written it meanwhile; try again"};
}

Result<> ClientFile::write(const std::string& path, std::string_view text) const {
  const fs::path directory = fs::path{path}.parent_path();
  Draft draft{(directory / ".toolpost-XXXXXX").string(), {}};
  draft.fd = UniqueFd{::mkostemp(draft.path.data(), O_CLOEXEC)};
  if (!draft.fd) {
    const int error = errno;
    draft.path.clear();
    return errno_error("a file in " + directory.string(), error);
  }
  if (auto written = write_all(draft.fd.get(), text); !written) {
    return std::move(written).error().in(path);
  }
  if (status_) {
    if (auto done = take_after(draft.fd.get(), *status_, path); !done) return done;
  } else if (::fchmod(draft.fd.get(), kNewFileMode) != 0) {
    return errno_error("chmod " + path, errno);
  }
  if (::fsync(draft.fd.get()) != 0) return errno_error("sync " + path, errno);
  if (auto same = unchanged(); !same) return same;
  if (::rename(draft.path.c_str(), path.c_str()) != 0)
    return errno_error("rename to " + path, errno);
  draft.path.clear();
  return sync_directory(directory);
}

Result<> ClientFile::replace(std::string_view text) {
  const fs::path directory = fs::path{path_}.parent_path();
  if (auto made = make_private_directories(directory); !made) return made;
  if (!lock_) {
    auto lock = lock_directory(directory);
    if (!lock) return lock.error();
    lock_ = std::move(*lock);
  }
  if (status_) {
    if (auto kept = write(backup_path(), text_); !kept) return kept;
  }
  return write(path_, text);
}

Result<> ClientFile::restore() const {
  const auto text = backup();
  if (!text) return Error{Errc::kUnavailable, backup_path() + ": was changed meanwhile; try again"};
  if (auto written = write(path_, *text); !written) return written;
  if (::unlink(backup_path().c_str()) != 0) return errno_error("remove " + backup_path(), errno);
  return {};
}

Result<> ClientFile::remove() const {
  if (auto same = unchanged(); !same) return same;
  if (::unlink(path_.c_str()) != 0) return errno_error("remove " + path_, errno);
  return sync_directory(fs::path{path_}.parent_path());
}

}  // namespace toolpost::cli
