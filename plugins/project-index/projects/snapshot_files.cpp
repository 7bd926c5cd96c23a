// SPDX-License-Identifier: Apache-2.0
#include "projects/snapshot_files.hpp"

#include <algorithm>

namespace toolpost::project_index {

namespace {

Checked<std::string> read_below(const RootDirectory& root, std::string_view path,
                                std::size_t limit) {
  const auto file = root.open_file(path);
  return file ? file->read_all(limit) : file.refusal();
}

Refusal not_listed(std::string_view path) {
  return {std::string(path) + " is not among the files of this project"};
}

}  // namespace

Checked<std::string> SnapshotFiles::read(std::string_view path, std::size_t limit) const {
  if (!snapshot_.find(path)) return not_listed(path);
  return read_below(root_, path, limit);
}

Checked<std::string> ListedFiles::read(std::string_view path, std::size_t limit) const {
  const auto at = std::lower_bound(
      list_.files.begin(), list_.files.end(), path,
      [](const ListedFile& file, std::string_view wanted) { return file.path < wanted; });
  if (at == list_.files.end() || at->path != path) return not_listed(path);
  return read_below(root_, path, limit);
}

}  // namespace toolpost::project_index
