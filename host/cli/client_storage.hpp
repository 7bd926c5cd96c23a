// SPDX-License-Identifier: Apache-2.0
// The file of a client on the disk: read as it is, replaced in one step with its mode and owner,
// and its former text kept beside it.
#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>

namespace toolpost::cli {

class ClientFile {
 public:
  // Follows symbolic links, so that the file they lead to is replaced and not they. A file that is
  // not there yet is empty. While this lives, others of this program wait for the directory.
  static Result<ClientFile> open(const std::string& path);

  // The file itself, where links were followed.
  const std::string& path() const noexcept { return path_; }

  const std::string& text() const noexcept { return text_; }

  bool exists() const noexcept { return status_.has_value(); }

  std::string backup_path() const { return path_ + ".toolpost-backup"; }

  // The text of the backup; nothing when there is none that belongs to the file's owner.
  std::optional<std::string> backup() const;

  // Keeps what is there as the backup and puts the text in its place. Refused when somebody else
  // has written meanwhile.
  Result<> replace(std::string_view text);

  // The same, and the backup stays what it is.
  Result<> rewrite(std::string_view text) const { return write(path_, text); }

  // The backup takes the file's place.
  Result<> restore() const;
  // The file goes.
  Result<> remove() const;

 private:
  ClientFile(std::string path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  Result<> unchanged() const;
  Result<> write(const std::string& path, std::string_view text) const;

  std::string path_;
  UniqueFd lock_;  // the directory, locked; none where there is no directory yet
  std::string text_;
  std::optional<struct stat> status_;
};

}  // namespace toolpost::cli
