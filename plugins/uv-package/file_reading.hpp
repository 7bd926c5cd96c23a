// SPDX-License-Identifier: Apache-2.0
// Files that someone else may write: no symbolic link is followed at the end of the path, nothing
// but a regular file is read, and no more than a limit of it.
#pragma once

#include "checked.hpp"

#include <optional>
#include <string>

namespace toolpost::uv_package {

// The content, nothing when there is no such file, or why it is not read.
Checked<std::optional<std::string>> read_file(const std::string& path, std::size_t limit);

// The first bytes of a file, for files whose head says enough; nothing when it can't be read.
std::optional<std::string> read_head(const std::string& path, std::size_t size);

// Replaces a file in one step: readers see the old content or the new one.
Checked<Passed> replace_file(const std::string& path, const std::string& content);

// A file's new content, on disk beside it, until move() puts it in its place. Several files can so
// be replaced with next to nothing between the first and the last. One writer of a path at a time.
class Replacement {
 public:
  static Checked<Replacement> write(std::string path, const std::string& content);

  Replacement(Replacement&& other) noexcept = default;
  Replacement& operator=(Replacement&& other) noexcept = default;
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;
  ~Replacement();

  Checked<Passed> move();

 private:
  Replacement(std::string path, std::string temporary) noexcept
      : path_(std::move(path)), temporary_(std::move(temporary)) {}

  std::string path_;
  std::string temporary_;  // empty: moved
};

}  // namespace toolpost::uv_package
