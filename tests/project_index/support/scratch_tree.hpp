// SPDX-License-Identifier: Apache-2.0
// A directory of files that goes with its owner.
#pragma once

#include "files/file_list.hpp"
#include "files/root_directory.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <sys/stat.h>

namespace toolpost::project_index {

class ScratchTree {
 public:
  ScratchTree() {
    std::string name = (std::filesystem::temp_directory_path() / "toolpost-index-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }

  ScratchTree(const ScratchTree&) = delete;
  ScratchTree& operator=(const ScratchTree&) = delete;

  ~ScratchTree() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }

  std::string path(std::string_view below) const { return path_ + "/" + std::string(below); }

  // Writes a file and makes the directories it is in.
  void write(std::string_view below, std::string_view text) const {
    std::filesystem::create_directories(std::filesystem::path(path(below)).parent_path());
    std::ofstream(path(below), std::ios::binary) << text;
  }

  void remove(std::string_view below) const { std::filesystem::remove(path(below)); }

  RootDirectory root() const { return std::move(RootDirectory::open(path_).value()); }

  // All regular files, without any rule.
  FileList list(std::uint64_t max_file_bytes = std::uint64_t{2} << 20) const {
    FileList list;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) {
      if (!entry.is_regular_file()) continue;

      struct stat status {};

      ::stat(entry.path().c_str(), &status);
      const auto nanoseconds = [](const timespec& time) {
        return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
      };
      const auto size = static_cast<std::uint64_t>(status.st_size);
      list.files.push_back(
          {std::filesystem::relative(entry.path(), path_).string(),
           {status.st_ino, size, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)},
           size > max_file_bytes});
    }
    std::sort(
        list.files.begin(), list.files.end(),
        [](const ListedFile& left, const ListedFile& right) { return left.path < right.path; });
    return list;
  }

 private:
  std::string path_;
};

}  // namespace toolpost::project_index
