// SPDX-License-Identifier: Apache-2.0
// A private directory of one call, gone with it.
#pragma once

#include "checked.hpp"

#include <string>

namespace toolpost::uv_package {

class ScratchDirectory {
 public:
  // Below `parent`, with mode 0700. Also removes those that calls of dead processes left there.
  static Checked<ScratchDirectory> make(const std::string& parent);

  ScratchDirectory(ScratchDirectory&& other) noexcept;
  ScratchDirectory& operator=(ScratchDirectory&& other) noexcept;
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory();

  // Resolved.
  const std::string& path() const noexcept { return path_; }

 private:
  explicit ScratchDirectory(std::string path) noexcept : path_(std::move(path)) {}

  std::string path_;  // empty: moved away
};

}  // namespace toolpost::uv_package
