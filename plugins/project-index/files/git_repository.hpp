// SPDX-License-Identifier: Apache-2.0
// Where git keeps what it knows of a working tree, found without running git.
#pragma once

#include "files/root_directory.hpp"

#include <optional>
#include <string>

namespace toolpost::project_index {

struct GitRepository {
  std::string work_tree;         // the directory that has the .git
  std::string git_directory;     // usually work_tree/.git; elsewhere for a worktree or a submodule
  std::string common_directory;  // where the configuration and info/exclude are
  // Belongs to root or to the user of this process. What others wrote must not make this process
  // open files of their choice.
  bool is_own = false;
};

// The repository whose working tree begins in this directory: .git is a repository, or a file that
// names one.
std::optional<GitRepository> repository_at(const std::string& directory);

// The repository that the root belongs to: its own, or that of a directory above it on the same
// file system, unless that one belongs to a stranger.
std::optional<GitRepository> repository_of(const RootDirectory& root);

}  // namespace toolpost::project_index
