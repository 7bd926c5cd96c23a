// SPDX-License-Identifier: Apache-2.0
// What a walk needs of git's configuration, read without running git.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

struct GitSetting {
  std::string section;               // in lower case
  std::string subsection;            // as written
  std::string key;                   // in lower case
  std::optional<std::string> value;  // none: a key by itself, which means true
};

// The settings of a configuration file up to its first error, in order.
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

struct GitExcludes {
  std::string file;           // core.excludesFile; without any, the default below `config_home`
  bool ignores_case = false;  // core.ignoreCase
};

// Of the system's, the user's, then the repository's own file the last one that says something
// counts. `git_directory` is empty outside of a repository. Follows include.path and
// includeIf.gitdir; other conditions never hold.
GitExcludes git_excludes(const GitHome& home, const std::string& git_directory,
                         const std::string& common_directory, const std::string& work_tree);

}  // namespace toolpost::project_index
