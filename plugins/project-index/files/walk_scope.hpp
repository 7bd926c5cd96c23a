// SPDX-License-Identifier: Apache-2.0
// What a walk knows of a directory while it is in it, and what it makes of a name there.
#pragma once

#include "files/file_list.hpp"
#include "files/ignore_rules.hpp"
#include "files/root_directory.hpp"
#include "files/secret_files.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace toolpost::project_index {

struct WalkDirectory {
  FileDescriptor fd;
  std::string path;    // below the root, "" for the root
  unsigned depth = 0;  // 0 for the root
  bool is_in_repository = false;
  bool ignores_case = false;  // git's core.ignoreCase
  std::shared_ptr<const IgnoreLevel> toolpost_rules;
  std::shared_ptr<const IgnoreLevel> git_rules;

  std::string path_of(std::string_view name) const;
};

// Which files that matter were seen in a directory; those that were not are not tried.
struct RuleFiles {
  bool git_rules = false;       // .gitignore
  bool toolpost_rules = false;  // .toolpostignore
  bool repository = false;      // .git
};

enum class Place : std::uint8_t { kListed, kIgnored, kSecret };

// Immutable; any thread may ask. The root must outlive it.
class WalkScope {
 public:
  static Checked<WalkScope> make(const RootDirectory& root, const WalkRules& rules);

  Checked<WalkDirectory> root_directory() const;

  // The directory `name` in another one; not valid when it can't be opened, and errno says why.
  WalkDirectory enter(const WalkDirectory& parent, std::string_view name) const;

  // Reads the rules of a directory. False when it is the top of a repository inside the root's own:
  // git lists nothing of it.
  bool read_rules(WalkDirectory& directory, const RuleFiles& seen) const;

  // False for the names that no walk looks at: ".", ".." and ".git".
  static bool is_entry(std::string_view name);

  Place place_of(const WalkDirectory& directory, std::string_view name, bool is_directory) const;

  bool may_enter_below(const WalkDirectory& directory) const {
    return directory.depth + 1 < rules_.max_depth;
  }

 private:
  WalkScope(const RootDirectory& root, const WalkRules& rules, SecretFiles secrets);

  struct RepositoryRules {
    std::shared_ptr<const IgnoreLevel> level;
    bool ignores_case = false;
  };

  // core.excludesFile and info/exclude for a working tree that begins at `base` below the root.
  RepositoryRules repository_rules(const struct GitRepository* repository, const std::string& base,
                                   const std::string& above) const;
  void find_repository();

  const RootDirectory* root_;
  WalkRules rules_;
  SecretFiles secrets_;
  bool is_in_repository_ = false;
  RepositoryRules outer_rules_;  // that hold in the root from outside of it
};

}  // namespace toolpost::project_index
