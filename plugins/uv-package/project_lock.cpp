// SPDX-License-Identifier: Apache-2.0
#include "project_lock.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <thread>

namespace toolpost::uv_package {

namespace {

constexpr std::chrono::milliseconds kRetryEvery{50};

// 0, or the errno of the attempt.
int try_lock(const FileDescriptor& file) {
  struct flock region {};

  region.l_type = F_WRLCK;
  region.l_whence = SEEK_SET;
  return ::fcntl(file.get(), F_OFD_SETLK, &region) == 0 ? 0 : errno;
}

}  // namespace

Checked<std::optional<ProjectLock>> ProjectLock::acquire(const std::string& project,
                                                         std::chrono::milliseconds wait,
                                                         const std::function<bool()>& give_up) {
  const std::string path = project + "/" + kProjectLockName;
  FileDescriptor file(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  if (!file.valid()) return Refusal{path + ": " + std::strerror(errno)};
  const auto deadline = std::chrono::steady_clock::now() + wait;
  while (true) {
    const int problem = try_lock(file);
    if (problem == 0) return std::optional<ProjectLock>(ProjectLock(std::move(file)));
    if (problem != EAGAIN && problem != EACCES && problem != EINTR) {
      return Refusal{path + ": " + std::strerror(problem)};
    }
    if (give_up() || std::chrono::steady_clock::now() >= deadline) {
      return std::optional<ProjectLock>();
    }
    std::this_thread::sleep_for(kRetryEvery);
  }
}

}  // namespace toolpost::uv_package
