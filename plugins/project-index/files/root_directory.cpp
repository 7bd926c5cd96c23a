// SPDX-License-Identifier: Apache-2.0
#include "files/root_directory.hpp"

#include "files/open_confined.hpp"
#include "files/stat_stamp.hpp"
#include "support/open_beneath.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::project_index {

namespace {

constexpr std::size_t kReadChunk = 256U << 10U;

std::string reason_of(int error_number) {
  switch (error_number) {
    case EXDEV:
      return "leads out of the root";
    case ELOOP:
      return "goes through a symbolic link, which is not followed";
    case ENOENT:
      return "does not exist";
    case ENOTDIR:
      return "is not a directory, or goes through something that is none";
    case ENXIO:
      return "is not a regular file";
    case ENOSYS:
      return "can't be opened: this kernel has no openat2 (Linux 5.6 or newer is needed)";
    default:
      return std::strerror(error_number);
  }
}

// A NUL would end the path early: the kernel would open something else than was asked for.
Checked<Passed> check_text(std::string_view relative) {
  if (relative.find('\0') != std::string_view::npos) return Refusal{"the path contains a NUL"};
  return Passed{};
}

Refusal refusal_of(std::string_view relative, const std::string& why) {
  return {"'" + std::string(relative) + "' " + why};
}

std::string path_of(const FileDescriptor& directory) {
  std::array<char, PATH_MAX> buffer;
  const std::string link = "/proc/self/fd/" + std::to_string(directory.get());
  const ssize_t size = ::readlink(link.c_str(), buffer.data(), buffer.size());
  if (size <= 0 || static_cast<std::size_t>(size) >= buffer.size() || buffer[0] != '/') return {};
  return {buffer.data(), static_cast<std::size_t>(size)};
}

}  // namespace

FileDescriptor open_confined(int directory, const char* path, int flags) noexcept {
  return support::open_beneath(directory, path, flags, RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
}

OpenFile::OpenFile(FileDescriptor file, FileStamp stamp, std::string path) noexcept
    : file_(std::move(file)), stamp_(stamp), path_(std::move(path)) {}

Checked<std::string> OpenFile::read_range(std::uint64_t offset, std::size_t size) const {
  std::string out;
  while (out.size() < size) {
    const std::size_t had = out.size();
    // Grown by steps: the size is what someone asks for, not what the file has.
    out.resize(had + std::min(size - had, kReadChunk));
    const ssize_t got =
        ::pread(file_.get(), out.data() + had, out.size() - had, static_cast<off_t>(offset + had));
    if (got < 0 && errno == EINTR) {
      out.resize(had);
      continue;
    }
    if (got < 0) return refusal_of(path_, std::string("can't be read: ") + std::strerror(errno));
    out.resize(had + static_cast<std::size_t>(got));
    if (got == 0) break;
  }
  return out;
}

Checked<std::string> OpenFile::read_all(std::size_t limit) const {
  if (stamp_.size > limit) {
    return refusal_of(path_, "is larger than " + std::to_string(limit) + " bytes");
  }
  auto content = read_range(0, limit + 1);
  if (content && content->size() > limit) {
    return refusal_of(path_, "is larger than " + std::to_string(limit) + " bytes");
  }
  return content;
}

RootDirectory::RootDirectory(FileDescriptor directory, std::string path, std::uint64_t device,
                             std::uint64_t inode) noexcept
    : directory_(std::move(directory)), path_(std::move(path)), device_(device), inode_(inode) {}

Checked<RootDirectory> RootDirectory::open(const std::string& absolute_path) {
  if (absolute_path.empty() || absolute_path.front() != '/') {
    return Refusal{"the root '" + absolute_path + "' is not an absolute path"};
  }
  if (auto text = check_text(absolute_path); !text) return text.refusal();
  FileDescriptor directory(::open(absolute_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) {
    return refusal_of(absolute_path, std::string("can't be the root: ") + std::strerror(errno));
  }

  struct stat status {};

  std::string path = path_of(directory);
  if (::fstat(directory.get(), &status) != 0 || path.empty()) {
    return refusal_of(absolute_path, "can't be the root: its real path can't be read");
  }
  return RootDirectory(std::move(directory), std::move(path), status.st_dev, status.st_ino);
}

Checked<FileDescriptor> RootDirectory::open_directory(std::string_view relative, int flags) const {
  if (auto text = check_text(relative); !text) return text.refusal();
  const std::string path = relative.empty() ? "." : std::string(relative);
  FileDescriptor directory = open_confined(directory_.get(), path.c_str(), flags | O_DIRECTORY);
  if (!directory.valid()) return refusal_of(path, reason_of(errno));
  return directory;
}

Checked<OpenFile> RootDirectory::open_file(std::string_view relative) const {
  if (auto text = check_text(relative); !text) return text.refusal();
  const std::string path(relative);
  // O_NONBLOCK: a FIFO in place of the file must not wait for its other end. O_NOCTTY: nor may a
  // terminal become ours.
  FileDescriptor file =
      open_confined(directory_.get(), path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file.valid()) return refusal_of(path, reason_of(errno));

  struct stat status {};

  if (::fstat(file.get(), &status) != 0) return refusal_of(path, reason_of(errno));
  if (!S_ISREG(status.st_mode)) return refusal_of(path, "is not a regular file");
  return OpenFile(std::move(file), stamp_of(status), path);
}

}  // namespace toolpost::project_index
