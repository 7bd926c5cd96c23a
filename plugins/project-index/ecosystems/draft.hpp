// SPDX-License-Identifier: Apache-2.0
// A project while its manifests and locks are read: what they say is added, and put together at the
// end.
#pragma once

#include "ecosystems/project_facts.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

// The paths of the tree, and reading that is bounded and counted.
class Tree {
 public:
  static constexpr std::size_t kMaxManifest = std::size_t{1} << 20U;
  static constexpr std::size_t kMaxLock = std::size_t{16} << 20U;

  explicit Tree(const FileSet& files) : files_(files) {}

  bool has(std::string_view path) const;

  Checked<std::string> read(std::string_view path, std::size_t limit) const {
    return files_.read(path, limit);
  }

 private:
  const FileSet& files_;
};

class Draft {
 public:
  static constexpr std::size_t kMaxDependencies = 20'000;
  static constexpr std::size_t kMaxEntryPoints = 2'000;
  static constexpr std::size_t kMaxText = 1024;

  // How names of packages are compared: "Foo_Bar" and "foo-bar" are one for Python.
  using Normal = std::string (*)(std::string_view name);

  Draft(Project& project, Normal normal, const Tree& tree, std::vector<FactProblem>& problems)
      : project_(project), normal_(normal), tree_(tree), problems_(problems) {}

  // What is added from now on comes from this file.
  void begin(std::string_view source) { source_ = source; }

  const std::string& source() const noexcept { return source_; }

  // Of the file that is being read.
  std::string_view directory() const noexcept;

  const Tree& tree() const noexcept { return tree_; }

  // The first one counts.
  void set_name(std::string_view name);
  void set_version(std::string_view version);
  void set_description(std::string_view description);

  // Twice the same name in one group: the first one counts.
  void declare(std::string_view name, std::string_view requirement, std::string_view group = {});
  // Also for packages that nobody declares.
  void lock(std::string_view name, std::string_view version);

  // Of the project itself, or of a neighbour in its workspace: no dependency.
  void ignore_in_lock(std::string_view name) { own_.insert(normal_(name)); }

  // `file` is relative to the file that is being read, and told when it is in the tree.
  void enter(std::string_view name, std::string_view kind, std::string_view target,
             std::string_view file = {});

  // Names the file that is being read.
  void complain(const std::string& text);

  // For files that are included once only; false when it was before.
  bool visit(const std::string& path) { return visited_.insert(path).second; }

  using Locked = std::map<std::string, std::vector<std::string>>;

  // The locked versions by normal name.
  const Locked& locked() const noexcept { return locked_; }

  // Gives each dependency its locked version, from here or from `above` (the lock of a directory
  // above), and adds what only the own lock knows.
  void finish(const Locked* above);

 private:
  std::string bounded(std::string_view text) const;
  void add_indirect();
  void complain_once(bool& has_complained, const std::string& text);

  Project& project_;
  const Normal normal_;
  const Tree& tree_;
  std::vector<FactProblem>& problems_;
  std::string source_;
  Locked locked_;
  std::map<std::string, std::string> lock_names_;  // normal name to the name as written
  std::map<std::string, std::string> lock_sources_;
  std::set<std::pair<std::string, std::string>> declared_;  // normal name and group
  std::set<std::string> own_;
  std::set<std::string> visited_;
  bool has_too_many_ = false;
  bool has_too_many_entries_ = false;
  std::size_t lock_count_ = 0;
};

// Names as they are.
std::string same_name(std::string_view name);
std::string lower_name(std::string_view name);

// Of several locked versions the one that fits the requirement best: by the numbers it begins with,
// then the last.
const std::string& best_version(const std::vector<std::string>& versions,
                                std::string_view requirement);

// At most so many bytes, and no piece of a secret where it is cut.
std::string beginning_of(std::string_view text, std::size_t size);

// Without "user:password@" in addresses.
std::string without_credentials(std::string text);

}  // namespace toolpost::project_index
