// SPDX-License-Identifier: Apache-2.0
// A directory for files of the host's own: this user's and closed to all others.
#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost {

class PrivateDirectory {
 public:
  // The directory, open and checked: it belongs to this user and has mode 0700.
  static Result<PrivateDirectory> open(const std::string& path);
  // Makes it, and what is missing above it, with mode 0700.
  static Result<PrivateDirectory> open_or_make(const std::string& path);

  int fd() const noexcept { return fd_.get(); }

  const std::string& path() const noexcept { return path_; }

  // All names in it, in no order.
  Result<std::vector<std::string>> names() const;

  // Puts the text in the place of the file, in one step, and is on the disk when it returns.
  Result<> replace(const std::string& name, std::string_view text) const;
  // Of at most `limit` bytes. Errc::kNotFound where there is none.
  Result<std::string> read(const std::string& name, std::size_t limit) const;

  Result<> sync() const;

 private:
  PrivateDirectory(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  UniqueFd fd_;
  std::string path_;
};

// Locks the whole open file, for as long as it stays open. False when somebody else has it locked.
bool try_lock(int fd);
// Whether somebody has it locked, without locking it.
bool is_locked(int fd);

}  // namespace toolpost
