// SPDX-License-Identifier: Apache-2.0
// What differs between what the index knows and what is there now.
#pragma once

#include "files/file_list.hpp"
#include "index/snapshot.hpp"

#include <string>
#include <vector>

namespace toolpost::project_index {

struct TreeChanges {
  std::vector<ListedFile> changed;  // appeared, or have another stamp; by path
  std::vector<std::string> gone;    // by path

  std::size_t count() const noexcept { return changed.size() + gone.size(); }

  // The paths of both, by path.
  std::vector<std::string> paths() const;
};

TreeChanges changes_between(const Snapshot& known, const FileList& now);

}  // namespace toolpost::project_index
