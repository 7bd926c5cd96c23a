// SPDX-License-Identifier: Apache-2.0
// The one thing that a walk needs of git's configuration, read without running git.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

struct GitSetting {
  std::string section;     // in lower case
  std::string subsection;  // as written
  std::string key;         // in lower case
  std::string value;
};

// The settings of a configuration file up to its first error, in order. A key without a value is
// left out.
std::vector<GitSetting> parse_git_config(std::string_view text);

// Where git looks on this machine, for this user.
struct GitHome {
  std::string home;         // $HOME
  std::string config_home;  // $XDG_CONFIG_HOME, or ~/.config
  std::string system_file;  // /etc/gitconfig

  // From the environment, with GIT_CONFIG_SYSTEM, GIT_CONFIG_NOSYSTEM and GIT_CONFIG_GLOBAL.
  static GitHome of_this_process();

  std::optional<std::string> global_file;  // instead of the two in the home directory
};

// The file that core.excludesFile names: system, user, then the repository's own file, the last one
// counts; without any, the default below `config_home`. `git_directory` is empty outside of a
// repository. Follows include.path and includeIf.gitdir; other conditions never hold.
std::string git_excludes_file(const GitHome& home, const std::string& git_directory,
                              const std::string& common_directory, const std::string& work_tree);

}  // namespace toolpost::project_index
