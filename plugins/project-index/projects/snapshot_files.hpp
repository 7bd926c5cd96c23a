// SPDX-License-Identifier: Apache-2.0
// The files of an index, or of a walk, as ecosystems are recognised in them. What is not listed can
// not be read: that is how ignored files and secrets stay out.
#pragma once

#include "ecosystems/file_set.hpp"
#include "files/file_list.hpp"
#include "files/root_directory.hpp"
#include "index/snapshot.hpp"

namespace toolpost::project_index {

// Borrows both.
class SnapshotFiles final : public FileSet {
 public:
  SnapshotFiles(const Snapshot& snapshot, const RootDirectory& root)
      : snapshot_(snapshot), root_(root) {}

  std::size_t file_count() const override { return snapshot_.file_count(); }

  std::string_view path(std::size_t index) const override {
    return snapshot_.path(static_cast<std::uint32_t>(index));
  }

  Checked<std::string> read(std::string_view path, std::size_t limit) const override;

 private:
  const Snapshot& snapshot_;
  const RootDirectory& root_;
};

// Borrows both; the list is sorted.
class ListedFiles final : public FileSet {
 public:
  ListedFiles(const FileList& list, const RootDirectory& root) : list_(list), root_(root) {}

  std::size_t file_count() const override { return list_.files.size(); }

  std::string_view path(std::size_t index) const override { return list_.files[index].path; }

  Checked<std::string> read(std::string_view path, std::size_t limit) const override;

 private:
  const FileList& list_;
  const RootDirectory& root_;
};

}  // namespace toolpost::project_index
