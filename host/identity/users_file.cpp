// SPDX-License-Identifier: Apache-2.0
#include "identity/users_file.hpp"

#include "base/file_owner.hpp"
#include "base/make_directories.hpp"
#include "base/read_at.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::identity {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kPermissions = 07777;

std::string mode_text(mode_t mode) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & kPermissions));
  return text.data();
}

Error refused(const std::string& path, const std::string& why) {
  return {Errc::kDenied, path + " " + why};
}

std::string foreign_owner(uid_t owner) {
  return "belongs to user " + std::to_string(owner) + ", this process is user " +
         std::to_string(::geteuid()) + "; run toolpost as that user";
}

std::string no_access() {
  return "cannot be opened by this process, user " + std::to_string(::geteuid()) +
         "; run toolpost as the user it belongs to";
}

std::string directory_of(const std::string& path) {
  const std::string parent = fs::path{path}.parent_path().string();
  return parent.empty() ? "." : parent;
}

Result<> check_directory(int fd, const std::string& directory, const std::string& file) {
  struct stat status {};

  if (::fstat(fd, &status) != 0) return errno_error("stat " + directory, errno);
  const fs::path own = fs::path{directory} / "users" / fs::path{file}.filename();
  const std::string or_another =
      ", or name a users' file in a directory of its own, such as " + own.string();
  if (status.st_uid != ::geteuid()) {
    return refused(directory, foreign_owner(status.st_uid) + or_another);
  }
  if ((status.st_mode & kOthers) == 0) return {};
  return refused(directory, "has mode " + mode_text(status.st_mode) +
                                " and holds the users' keys; chmod 700 it" + or_another);
}

Result<> check_file(const struct stat& status, const std::string& path) {
  if (!S_ISREG(status.st_mode)) {
    return refused(path, "is no regular file; remove it and restore the users from a backup");
  }
  if (status.st_uid != ::geteuid()) {
    return refused(path, foreign_owner(status.st_uid) + ", or chown it");
  }
  if ((status.st_mode & kOthers) != 0) {
    return refused(path, "has mode " + mode_text(status.st_mode) +
                             ", so that others may read or change it; find out who did, then "
                             "chmod 600 it");
  }
  if (status.st_nlink != 1) {
    return refused(path, "has a second name elsewhere; remove that hard link");
  }
  if (status.st_size == 0) {
    return refused(path,
                   "is empty; restore it from a backup, or remove it if it never held a user");
  }
  if (static_cast<std::size_t>(status.st_size) > kMaxUsersFileBytes) {
    return Error{Errc::kLimit, path + " is larger than 512 MiB; it can not be the users' file"};
  }
  return {};
}

constexpr std::int64_t kNanoseconds = 1'000'000'000;

std::int64_t nanoseconds(const timespec& time) {
  return kNanoseconds * time.tv_sec + time.tv_nsec;
}

FileStamp stamp_of(const struct stat& status) {
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = status.st_size,
          .modified_ns = nanoseconds(status.st_mtim),
          .changed_ns = nanoseconds(status.st_ctim)};
}

}  // namespace

UsersDirectory::UsersDirectory(UniqueFd fd, std::string path)
    : fd_(std::move(fd)), path_(std::move(path)), name_(fs::path{path_}.filename().string()) {}

Result<std::optional<UsersDirectory>> UsersDirectory::open(const std::string& path) {
  const std::string directory = directory_of(path);
  UniqueFd fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  if (!fd && errno == ENOENT) return std::optional<UsersDirectory>{};
  if (!fd && (errno == ELOOP || errno == ENOTDIR)) {
    return refused(directory, "is a link or no directory; name the directory itself");
  }
  if (!fd && errno == EACCES) return refused(directory, no_access());
  if (!fd) return errno_error("open " + directory, errno);
  if (auto good = check_directory(fd.get(), directory, path); !good) return good.error();
  return std::optional{UsersDirectory{std::move(fd), path}};
}

Result<UsersDirectory> UsersDirectory::open_or_make(const std::string& path) {
  if (auto made = make_private_directories(directory_of(path)); !made) return made.error();
  auto found = open(path);
  if (!found) return found.error();
  if (!*found) return Error{Errc::kUnavailable, path + ": its directory was removed meanwhile"};
  return std::move(**found);
}

Result<UniqueFd> UsersDirectory::open_file() const {
  constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  UniqueFd fd{::openat(fd_.get(), name_.c_str(), kFlags)};
  if (fd) return fd;
  if (errno == ELOOP) {
    return refused(path_, "is a symbolic link; name the file that it leads to");
  }
  if (errno == EACCES) return refused(path_, no_access());
  return errno_error("open " + path_, errno);
}

Result<std::optional<FileContent>> UsersDirectory::read() const {
  auto fd = open_file();
  if (!fd && fd.error().code() == Errc::kNotFound) return std::optional<FileContent>{};
  if (!fd) return fd.error();

  struct stat status {};

  if (::fstat(fd->get(), &status) != 0) return errno_error("stat " + path_, errno);
  if (auto good = check_file(status, path_); !good) return good.error();
  auto text = read_at(fd->get(), 0, static_cast<std::size_t>(status.st_size));
  if (!text) return std::move(text).error().in(path_);
  return std::optional{FileContent{std::move(*text), stamp_of(status)}};
}

Result<FileStamp> UsersDirectory::stamp() const {
  const auto fd = open_file();
  if (!fd && fd.error().code() == Errc::kNotFound) return FileStamp{};
  if (!fd) return fd.error();

  struct stat status {};

  if (::fstat(fd->get(), &status) != 0) return errno_error("stat " + path_, errno);
  return stamp_of(status);
}

}  // namespace toolpost::identity
