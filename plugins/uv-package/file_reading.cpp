// SPDX-License-Identifier: Apache-2.0
#include "file_reading.hpp"

#include "file_descriptor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::uv_package {

namespace {

constexpr std::size_t kReadChunk = 65536;

Refusal system_refusal(const std::string& path, int error_number) {
  return {path + ": " + std::strerror(error_number)};
}

// O_NONBLOCK: opening a FIFO in place of the file must not wait for its other end.
FileDescriptor open_for_reading(const std::string& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
}

bool is_regular(const FileDescriptor& file) {
  struct stat status {};

  return ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode);
}

// Reads at most `limit` bytes; false on an error of the system.
bool read_up_to(const FileDescriptor& file, std::size_t limit, std::string& out) {
  std::array<char, kReadChunk> chunk;
  while (out.size() < limit) {
    const ssize_t got =
        ::read(file.get(), chunk.data(), std::min(chunk.size(), limit - out.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) return true;
    out.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return true;
}

bool write_all(const FileDescriptor& file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t put = ::write(file.get(), content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

// `temporary` with the mode that `path` has.
Checked<Passed> write_new(const std::string& path, const std::string& temporary,
                          const std::string& content) {
  struct stat status {};

  const mode_t mode = ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0644U;
  ::unlink(temporary.c_str());
  const FileDescriptor file(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file.valid()) return system_refusal(temporary, errno);
  if (!write_all(file, content) || ::fsync(file.get()) != 0) {
    return system_refusal(temporary, errno);
  }
  return Passed{};
}

}  // namespace

Checked<std::optional<std::string>> read_file(const std::string& path, std::size_t limit) {
  const FileDescriptor file = open_for_reading(path);
  if (!file.valid()) {
    if (errno == ENOENT) return std::optional<std::string>();
    if (errno == ELOOP) return Refusal{path + " is a symbolic link; it is not followed"};
    return system_refusal(path, errno);
  }
  if (!is_regular(file)) return Refusal{path + " is not a regular file"};
  std::string content;
  if (!read_up_to(file, limit + 1, content)) return system_refusal(path, errno);
  if (content.size() > limit) {
    return Refusal{path + " is larger than " + std::to_string(limit) + " bytes"};
  }
  return std::optional<std::string>(std::move(content));
}

std::optional<std::string> read_head(const std::string& path, std::size_t size) {
  const FileDescriptor file = open_for_reading(path);
  std::string content;
  if (!file.valid() || !is_regular(file) || !read_up_to(file, size, content)) return std::nullopt;
  return content;
}

Checked<Passed> replace_file(const std::string& path, const std::string& content) {
  // Named after the process: two of them may write the same file, and each must finish its own.
  const std::string temporary = path + ".toolpost-" + std::to_string(::getpid());
  if (auto written = write_new(path, temporary, content); !written) return written;
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return system_refusal(path, errno);
  return Passed{};
}

Checked<Replacement> Replacement::write(std::string path, const std::string& content) {
  // Always the same name, so that one that a killed process left behind is used up.
  std::string temporary = path + ".toolpost-new";
  if (auto written = write_new(path, temporary, content); !written) return written.refusal();
  return Replacement(std::move(path), std::move(temporary));
}

Replacement::~Replacement() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Checked<Passed> Replacement::move() {
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return system_refusal(path_, errno);
  temporary_.clear();
  return Passed{};
}

}  // namespace toolpost::uv_package
