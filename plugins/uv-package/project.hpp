// SPDX-License-Identifier: Apache-2.0
// The project a call acts on: its directory below the roots, its environment, and a copy of the two
// files that uv edits, to put back when a change fails half-way.
#pragma once

#include "settings.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace toolpost::uv_package {

struct Project {
  std::string path;         // resolved
  std::string environment;  // absolute
  bool has_pyproject = false;
};

// `argument` is what the call names; empty: the default project.
Checked<Project> find_project(const Settings& settings, std::string_view argument);

enum class EnvironmentState {
  kAbsent,
  kPresent,
  kUnfinished,  // its making was killed half-way; nothing but uv's own first files is there
};

// Refuses an environment that is a symbolic link, lies elsewhere, or is no virtual environment.
Checked<EnvironmentState> check_environment(const Settings& settings, const Project& project);

// Before uv looks at it: without a pyvenv.cfg it takes the interpreter that bin/python leads to for
// the environment, and would change what is installed there.
Checked<Passed> remove_unfinished_environment(const Project& project);

class ProjectFiles {
 public:
  static Checked<ProjectFiles> remember(const Project& project);

  // Takes over both files as they are in `directory`. Refuses when somebody else has changed one
  // since it was remembered. What is the same is not written.
  Checked<Passed> replace_from(const std::string& directory);

  // Puts both files back as they were if they were replaced; one that did not exist is removed.
  Checked<Passed> restore() const;

 private:
  std::string pyproject_path_;
  std::string lock_path_;
  std::optional<std::string> pyproject_;
  std::optional<std::string> lock_;
  bool is_replaced_ = false;
};

}  // namespace toolpost::uv_package
