// SPDX-License-Identifier: Apache-2.0
#include "index/tree_changes.hpp"

#include <algorithm>

namespace toolpost::project_index {

std::vector<std::string> TreeChanges::paths() const {
  auto paths = gone;
  for (const auto& file : changed) paths.push_back(file.path);
  std::sort(paths.begin(), paths.end());
  return paths;
}

TreeChanges changes_between(const Snapshot& known, const FileList& now) {
  TreeChanges changes;
  std::uint32_t id = 0;
  const auto count = static_cast<std::uint32_t>(known.file_count());
  for (const auto& listed : now.files) {
    int order = 1;  // of the known path to the listed one
    for (; id < count && (order = known.path(id).compare(listed.path)) < 0; ++id)
      changes.gone.emplace_back(known.path(id));
    const bool is_known = order == 0;
    if (!is_known || !known.is_current(id, listed.stamp)) changes.changed.push_back(listed);
    if (is_known) ++id;
  }
  for (; id < count; ++id) changes.gone.emplace_back(known.path(id));
  return changes;
}

}  // namespace toolpost::project_index
