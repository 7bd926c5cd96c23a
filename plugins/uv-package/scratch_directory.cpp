// SPDX-License-Identifier: Apache-2.0
#include "scratch_directory.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace toolpost::uv_package {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "call-";
// A directory that was made just now may not be locked yet.
constexpr std::chrono::seconds kTimeToLock{60};

FileDescriptor open_directory(const std::string& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool take(const FileDescriptor& directory) {
  return directory.valid() && ::flock(directory.get(), LOCK_EX | LOCK_NB) == 0;
}

bool is_left_behind(const fs::path& path) {
  if (path.filename().string().compare(0, kPrefix.size(), kPrefix) != 0) return false;
  std::error_code error;
  const auto changed = fs::last_write_time(path, error);
  if (error || fs::file_time_type::clock::now() - changed < kTimeToLock) return false;
  return take(open_directory(path.string()));
}

void remove_left_behind(const std::string& parent) {
  std::error_code error;
  for (fs::directory_iterator it(parent, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (is_left_behind(it->path())) fs::remove_all(it->path(), ignored);
  }
}

}  // namespace

Checked<ScratchDirectory> ScratchDirectory::make(const std::string& parent) {
  remove_left_behind(parent);
  std::string pattern = parent + "/" + std::string(kPrefix) + "XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    return Refusal{pattern + " can't be made: " + std::strerror(errno)};
  }
  FileDescriptor lock = open_directory(pattern);
  const bool is_ours = take(lock);
  ScratchDirectory made(std::move(pattern), std::move(lock));
  if (!is_ours) return Refusal{made.path_ + " can't be locked: " + std::strerror(errno)};
  std::error_code error;
  const fs::path resolved = fs::canonical(made.path_, error);
  if (error) return Refusal{made.path_ + ": " + error.message()};
  made.path_ = resolved.string();
  return made;
}

ScratchDirectory::ScratchDirectory(ScratchDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}

ScratchDirectory& ScratchDirectory::operator=(ScratchDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  // Symbolic links are removed, not followed.
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace toolpost::uv_package
