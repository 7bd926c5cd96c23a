// SPDX-License-Identifier: Apache-2.0
// A directory that a test fills and that is gone afterwards.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace toolpost::project_index::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "project-index-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = std::filesystem::canonical(pattern).string();
  }

  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const noexcept { return path_; }

  std::string path(const std::string& name) const { return path_ + "/" + name; }

  // Makes the directories above it as well.
  void write(const std::string& name, const std::string& content = "x") const {
    make(std::filesystem::path(name).parent_path().string());
    std::ofstream(path(name), std::ios::binary) << content;
  }

  void make(const std::string& directory) const {
    std::filesystem::create_directories(path(directory));
  }

  void link(const std::string& target, const std::string& name) const {
    std::filesystem::create_symlink(target, path(name));
  }

  void hard_link(const std::string& target, const std::string& name) const {
    std::filesystem::create_hard_link(path(target), path(name));
  }

 private:
  std::string path_;
};

}  // namespace toolpost::project_index::test
