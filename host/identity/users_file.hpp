// SPDX-License-Identifier: Apache-2.0
// The file of the users and the directory it has for itself: read only where nobody else could have
// written, replaced in one step, under a lock that processes on other machines honour too.
#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "identity/file_stamp.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::identity {

inline constexpr std::size_t kMaxUsersFileBytes = std::size_t{512} * 1024 * 1024;

struct FileContent {
  std::string text;
  FileStamp stamp;
};

// The directory, open and checked: it belongs to this user and has mode 0700.
class UsersDirectory {
 public:
  // `path` is the file's. Nothing when the directory does not exist.
  static Result<std::optional<UsersDirectory>> open(const std::string& path);
  // Makes it, and what is missing above it, with mode 0700.
  static Result<UsersDirectory> open_or_make(const std::string& path);

  int fd() const noexcept { return fd_.get(); }

  // The file's, as given; for messages.
  const std::string& path() const noexcept { return path_; }

  const std::string& name() const noexcept { return name_; }

  // Nothing when there is no file. The file must be a regular one, no link, this user's, and closed
  // to all others.
  Result<std::optional<FileContent>> read() const;
  // Of the file, opened anew because a network file system answers from its cache otherwise.
  Result<FileStamp> stamp() const;

 private:
  UsersDirectory(UniqueFd fd, std::string path);
  Result<UniqueFd> open_file() const;

  UniqueFd fd_;
  std::string path_;
  std::string name_;
};

// While it lives no other process and no other thread has the lock. Ends with the process, however
// that ends.
class UsersLock {
 public:
  static Result<UsersLock> take(const UsersDirectory& directory,
                                std::chrono::milliseconds patience);

  // Puts the text in the place of the file that `expected` is the stamp of, and what was left
  // behind by writers that were killed goes away. When this returns without an error the new file
  // is on the disk; with one, the old file is in its place, unless the error says that the new one
  // is.
  Result<> replace(std::string_view text, const FileStamp& expected) const;

 private:
  UsersLock(const UsersDirectory& directory, UniqueFd fd)
      : directory_(&directory), fd_(std::move(fd)) {}

  const UsersDirectory* directory_;
  UniqueFd fd_;
};

}  // namespace toolpost::identity
