// SPDX-License-Identifier: Apache-2.0
#include "scratch_directory.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <unistd.h>
#include <utility>

namespace toolpost::uv_package {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "call-";

// "call-PID-…" of a process that is no more. Two servers of one user share the parent.
bool is_left_behind(const std::string& name) {
  if (name.compare(0, kPrefix.size(), kPrefix) != 0) return false;
  const long pid = std::strtol(name.c_str() + kPrefix.size(), nullptr, 10);
  return pid > 0 && ::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH;
}

void remove_left_behind(const std::string& parent) {
  std::error_code error;
  for (fs::directory_iterator it(parent, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (is_left_behind(it->path().filename().string())) fs::remove_all(it->path(), ignored);
  }
}

}  // namespace

Checked<ScratchDirectory> ScratchDirectory::make(const std::string& parent) {
  remove_left_behind(parent);
  std::string pattern =
      parent + "/" + std::string(kPrefix) + std::to_string(::getpid()) + "-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    return Refusal{pattern + " can't be made: " + std::strerror(errno)};
  }
  ScratchDirectory made(std::move(pattern));
  std::error_code error;
  const fs::path resolved = fs::canonical(made.path_, error);
  if (error) return Refusal{made.path_ + ": " + error.message()};
  made.path_ = resolved.string();
  return made;
}

ScratchDirectory::ScratchDirectory(ScratchDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

ScratchDirectory& ScratchDirectory::operator=(ScratchDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  // Symbolic links are removed, not followed.
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace toolpost::uv_package
