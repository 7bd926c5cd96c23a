// SPDX-License-Identifier: Apache-2.0
// The local projects that a call wants installed in place, checked like the project itself, and
// those that they lead to.
#pragma once

#include "checked.hpp"
#include "local_builds.hpp"
#include "project.hpp"
#include "resolved_set.hpp"

#include <set>
#include <string>
#include <vector>

namespace toolpost::uv_package {

class EditableSources {
 public:
  // Each text is the directory of a project below a root, relative to `project` or absolute.
  // Refuses with the index of the item.
  static Checked<EditableSources> find(const Settings& settings, const Project& project,
                                       const std::vector<std::string>& texts,
                                       const ProjectRules& rules);

  const std::vector<std::string>& asked_for() const noexcept { return asked_for_; }

  // Names of every local project among them and what they lead to, normalised.
  std::vector<std::string> names() const { return {names_.begin(), names_.end()}; }

  // For the resolver: "-e file:///…".
  std::vector<std::string> requirements() const;

  // The directories in a resolution of these requirements.
  Checked<std::vector<LocalProject>> projects_in(const ResolvedSet& set) const;

 private:
  Checked<Passed> add(const std::string& directory, const ProjectRules& rules);
  Checked<std::string> directory_named(const std::string& named) const;

  std::vector<std::string> asked_for_;
  std::set<std::string> directories_;  // everything that was checked
  std::set<std::string> names_;
};

}  // namespace toolpost::uv_package
