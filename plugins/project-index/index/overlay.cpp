// SPDX-License-Identifier: Apache-2.0
#include "index/overlay.hpp"

#include <algorithm>
#include <iterator>

namespace toolpost::project_index {
namespace {

bool path_before(const Overlay::File& left, const Overlay::File& right) {
  return left->path < right->path;
}

}  // namespace

std::shared_ptr<const Overlay> Overlay::with(const FileTable& base, std::vector<File> files,
                                             const std::vector<std::string>& gone) const {
  auto next = std::make_shared<Overlay>();
  std::vector<std::uint32_t> hidden;
  const auto hide = [&](std::string_view path) {
    if (const auto file = base.find(path)) hidden.push_back(*file);
  };
  for (const auto& file : files) hide(file->path);
  for (const auto& path : gone) hide(path);
  std::sort(hidden.begin(), hidden.end());
  std::set_union(hidden_.begin(), hidden_.end(), hidden.begin(), hidden.end(),
                 std::back_inserter(next->hidden_));

  // Of two files with the same path, the union takes the first range's: the newer.
  std::set_union(files.begin(), files.end(), files_.begin(), files_.end(),
                 std::back_inserter(next->files_), path_before);
  std::erase_if(next->files_, [&](const File& file) {
    return std::binary_search(gone.begin(), gone.end(), file->path);
  });
  for (const auto& file : next->files_) next->symbol_count_ += file->symbols.size();
  return next;
}

}  // namespace toolpost::project_index
