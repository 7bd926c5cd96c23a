// SPDX-License-Identifier: Apache-2.0
// A private directory of one call, gone with it.
#pragma once

#include "checked.hpp"
#include "file_descriptor.hpp"

#include <string>

namespace toolpost::uv_package {

class ScratchDirectory {
 public:
  // Below `parent`, with mode 0700. Also removes those that killed processes left there: one that
  // is in use is locked, also for processes in other containers.
  static Checked<ScratchDirectory> make(const std::string& parent);

  ScratchDirectory(ScratchDirectory&& other) noexcept;
  ScratchDirectory& operator=(ScratchDirectory&& other) noexcept;
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory();

  // Resolved.
  const std::string& path() const noexcept { return path_; }

 private:
  ScratchDirectory(std::string path, FileDescriptor lock) noexcept
      : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;  // empty: moved away
  FileDescriptor lock_;
};

}  // namespace toolpost::uv_package
