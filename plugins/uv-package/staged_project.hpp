// SPDX-License-Identifier: Apache-2.0
// A private copy of the files that uv reads of a project, in which it resolves: until the gate has
// said yes nobody sees a change, whatever happens in between. Directories keep their places among
// each other, so that relative paths in pyproject.toml and uv.lock stay what they are.
#pragma once

#include "checked.hpp"
#include "project.hpp"
#include "scratch_directory.hpp"

#include <string>
#include <vector>

namespace toolpost::uv_package {

class StagedProject {
 public:
  // `directories` are those that check_project() looked at; the copy is made in `scratch`, which
  // outlives this. Everything that is no file of settings is a symbolic link to the real one.
  static Checked<StagedProject> make(const ScratchDirectory& scratch, const Project& project,
                                     const std::vector<std::string>& directories);

  // The copy of the project's directory.
  const std::string& path() const noexcept { return path_; }

  // Where a directory that is named relative to the copy really is: "../lib".
  std::string real(const std::string& named) const;

  // Where the copy of a real directory is, or would be.
  std::string staged(const std::string& real) const { return root_ + real; }

 private:
  std::string root_;
  std::string path_;
};

}  // namespace toolpost::uv_package
