// SPDX-License-Identifier: Apache-2.0
// One change of a project at a time, also across processes and machines that share its directory:
// an open-file-description lock on a file in the project. The file stays; removing it would let two
// holders lock different files of the same name.
#pragma once

#include "checked.hpp"
#include "file_descriptor.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace toolpost::uv_package {

inline constexpr const char* kProjectLockName = ".toolpost.lock";

class ProjectLock {
 public:
  // Waits until the lock is free, `wait` is over, or `give_up` says so. Empty: it is held by
  // another.
  static Checked<std::optional<ProjectLock>> acquire(const std::string& project,
                                                     std::chrono::milliseconds wait,
                                                     const std::function<bool()>& give_up);

 private:
  explicit ProjectLock(FileDescriptor file) noexcept : file_(std::move(file)) {}

  FileDescriptor file_;  // the lock ends with its last descriptor
};

}  // namespace toolpost::uv_package
