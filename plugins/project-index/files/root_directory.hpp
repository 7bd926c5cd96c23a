// SPDX-License-Identifier: Apache-2.0
// The directory that everything is below. The kernel resolves each path from its descriptor and
// refuses to leave it; text is never compared.
#pragma once

#include "checked.hpp"
#include "files/file_descriptor.hpp"
#include "files/file_stamp.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace toolpost::project_index {

// A regular file, open for reading.
class OpenFile {
 public:
  OpenFile(FileDescriptor file, FileStamp stamp, std::string path) noexcept;

  int get() const noexcept { return file_.get(); }

  // As it was when the file was opened.
  const FileStamp& stamp() const noexcept { return stamp_; }

  // All of it, or a refusal when there is more than `limit`.
  Checked<std::string> read_all(std::size_t limit) const;

  // Up to `size` bytes from `offset`; less at the end of the file, nothing behind it.
  Checked<std::string> read_range(std::uint64_t offset, std::size_t size) const;

 private:
  FileDescriptor file_;
  FileStamp stamp_;
  std::string path_;  // for refusals
};

// Owns the descriptor; may be used by several threads at once. No path below it goes through a
// symbolic link, a magic link or a mount point, and only regular files are opened: a FIFO, a device
// or a socket is refused without waiting for it.
class RootDirectory {
 public:
  // `absolute_path` may go through symbolic links: it comes from the configuration, or was checked.
  static Checked<RootDirectory> open(const std::string& absolute_path);

  // The kernel's own name for the directory when it was opened.
  const std::string& path() const noexcept { return path_; }

  std::uint64_t device() const noexcept { return device_; }

  std::uint64_t inode() const noexcept { return inode_; }

  // The descriptor, for calls relative to it. Opened with O_DIRECTORY | O_RDONLY.
  int get() const noexcept { return directory_.get(); }

  Checked<OpenFile> open_file(std::string_view relative) const;

  // A directory below, "" for the root itself, with the same guarantees. `flags` as for open(2).
  Checked<FileDescriptor> open_directory(std::string_view relative, int flags) const;

 private:
  RootDirectory(FileDescriptor directory, std::string path, std::uint64_t device,
                std::uint64_t inode) noexcept;

  FileDescriptor directory_;
  std::string path_;
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
};

}  // namespace toolpost::project_index
