// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/trust.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::plugin {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel has it
constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;

Result<struct stat> status_of(int fd, const std::string& path) {
  struct stat status {};

  if (::fstat(fd, &status) != 0) return errno_error("stat " + path, errno);
  return status;
}

Result<> check_owner(const struct stat& status, const std::string& path, uid_t user) {
  if (status.st_uid == 0 || status.st_uid == user) return {};
  std::string allowed = "root";
  if (user != 0) allowed += " or uid " + std::to_string(user);
  return Error(Errc::kDenied, path + " belongs to uid " + std::to_string(status.st_uid) +
                                  "; it must belong to " + allowed);
}

Error writable_error(const struct stat& status, const std::string& path) {
  const bool group = (status.st_mode & S_IWGRP) != 0;
  const bool others = (status.st_mode & S_IWOTH) != 0;
  const char* const who = group && others ? "its group and others" : group ? "its group" : "others";
  const char* const mend = group && others ? "go-w" : group ? "g-w" : "o-w";
  return {Errc::kDenied,
          path + " can be written by " + who + "; mend it with: chmod " + mend + " " + path};
}

Result<> check_directory(const struct stat& status, const std::string& path, uid_t user,
                         bool sticky_passes) {
  if (auto owned = check_owner(status, path, user); !owned) return owned;
  if ((status.st_mode & kOthersWrite) == 0) return {};
  const bool sticky = (status.st_mode & S_ISVTX) != 0 && status.st_uid == 0;
  if (sticky && sticky_passes) return {};
  if (sticky)
    return Error(Errc::kDenied, path + " is shared by all users; use a directory of its own");
  return writable_error(status, path);
}

// Walks one path from the root, a component at a time. Symbolic links are followed by hand, so that
// the directories they lead through are checked like all others.
class Walk {
 public:
  explicit Walk(uid_t user) : user_(user) {}

  Result<TrustedFile> open(const std::string& absolute) {
    enqueue(absolute);
    if (auto begun = back_to_root(); !begun) return begun.error();
    while (!left_.empty()) {
      const std::string name = std::move(left_.front());
      left_.pop_front();
      if (auto stepped = step(name); !stepped) return stepped.error();
      if (at_file_) break;
    }
    if (!at_file_ || !left_.empty())
      return invalid(path_ + (at_file_ ? " is not a directory" : " is not a regular file"));
    return finish();
  }

 private:
  void enqueue(std::string_view path) {
    std::deque<std::string> names;
    for (const auto& part : std::filesystem::path(path)) {
      const std::string& name = part.native();
      if (name.empty() || name == "." || name == "/") continue;
      names.push_back(name);
    }
    left_.insert(left_.begin(), names.begin(), names.end());
  }

  Result<> back_to_root() {
    at_ = UniqueFd(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!at_) return errno_error("open /", errno);
    path_.clear();
    return enter_directory("/");
  }

  Result<> enter_directory(const std::string& shown) {
    auto status = status_of(at_.get(), shown);
    if (!status) return status.error();
    directory_ = *status;
    return check_directory(directory_, shown, user_, true);
  }

  std::string shown_directory() const { return path_.empty() ? "/" : path_; }

  Result<> step(const std::string& name) {
    const std::string next_path = path_ + "/" + name;
    UniqueFd next(::openat(at_.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!next) return errno_error("open " + next_path, errno);
    auto status = status_of(next.get(), next_path);
    if (!status) return status.error();
    if (S_ISLNK(status->st_mode)) return follow(next, *status, next_path);
    if (S_ISDIR(status->st_mode)) {
      at_ = std::move(next);
      path_ = name == ".." ? std::filesystem::path(path_).parent_path().string() : next_path;
      if (path_ == "/") path_.clear();
      return enter_directory(shown_directory());
    }
    if (!S_ISREG(status->st_mode)) return invalid(next_path + " is not a regular file");
    name_ = name;
    checked_ = std::move(next);
    file_ = *status;
    at_file_ = true;
    return {};
  }

  Result<> follow(const UniqueFd& link, const struct stat& status, const std::string& path) {
    if (auto owned = check_owner(status, path, user_); !owned) return owned;
    if (++links_ > kMaxLinks) return invalid(path + " is one symbolic link too many");
    std::array<char, PATH_MAX> target{};
    const ssize_t size = ::readlinkat(link.get(), "", target.data(), target.size());
    if (size < 0) return errno_error("read link " + path, errno);
    const std::string_view text(target.data(), static_cast<std::size_t>(size));
    enqueue(text);
    if (text.starts_with('/')) return back_to_root();
    return {};
  }

  Result<TrustedFile> finish() {
    const std::string path = path_ + "/" + name_;
    if (auto safe = check_directory(directory_, shown_directory(), user_, false); !safe)
      return safe.error();
    if (auto owned = check_owner(file_, path, user_); !owned) return owned.error();
    if ((file_.st_mode & kOthersWrite) != 0) return writable_error(file_, path);
    // The other name may lie where others can write, or may be how the file got here.
    if (file_.st_nlink != 1) {
      return Error(Errc::kDenied, path + " has " + std::to_string(file_.st_nlink) +
                                      " names (hard links); it must have one: copy it instead");
    }
    UniqueFd fd(::openat(at_.get(), name_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!fd) return errno_error("open " + path, errno);
    auto opened = status_of(fd.get(), path);
    if (!opened) return opened.error();
    if (opened->st_dev != file_.st_dev || opened->st_ino != file_.st_ino)
      return Error(Errc::kUnavailable, path + " was replaced while it was being checked");
    return TrustedFile{std::move(fd), path, {opened->st_dev, opened->st_ino}};
  }

  uid_t user_;
  std::deque<std::string> left_;
  UniqueFd at_;
  std::string path_;  // of at_, empty for the root

  struct stat directory_ {};

  std::string name_;
  // Of the file that is checked; held, so that its inode's number cannot be given to another file
  // before that is opened.
  UniqueFd checked_;

  struct stat file_ {};

  bool at_file_ = false;
  int links_ = 0;
};

}  // namespace

Result<TrustedFile> open_trusted(std::string_view path, uid_t user) {
  if (path.empty() || path.find('\0') != std::string_view::npos)
    return invalid("a path is empty or contains NUL");
  std::error_code failed;
  const auto absolute = std::filesystem::absolute(std::filesystem::path(path), failed);
  if (failed) return Error(Errc::kIo, std::string(path) + ": " + failed.message());
  return Walk(user).open(absolute.string());
}

Result<TrustedFile> open_trusted(std::string_view path) {
  return open_trusted(path, ::geteuid());
}

Result<std::vector<std::byte>> read_all(const TrustedFile& file, std::size_t limit) {
  auto status = status_of(file.fd.get(), file.path);
  if (!status) return status.error();
  const auto size = static_cast<std::size_t>(std::max<off_t>(status->st_size, 0));
  if (size > limit) {
    return Error(Errc::kLimit, file.path + " has " + std::to_string(size) + " bytes, more than " +
                                   std::to_string(limit));
  }
  std::vector<std::byte> bytes(size);
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got =
        ::pread(file.fd.get(), bytes.data() + filled, size - filled, static_cast<off_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("read " + file.path, errno);
    if (got == 0) return Error(Errc::kUnavailable, file.path + " shrank while it was being read");
    filled += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace toolpost::plugin
