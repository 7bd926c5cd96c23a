// SPDX-License-Identifier: Apache-2.0
// Builds local projects and installs them, each with build requirements that were resolved, judged
// and pinned before. A backend gets nothing beyond those.
#pragma once

#include "checked.hpp"
#include "staged_project.hpp"
#include "workbench.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::uv_package {

struct LocalProject {
  std::string directory;  // real
  bool is_editable = true;
  std::string marker;  // empty: always
};

// The lines of local directories in what "uv export" writes: "-e ./packages/a", "../lib ; marker".
Checked<std::vector<LocalProject>> local_projects_in(std::string_view exported,
                                                     const StagedProject& staged);

class LocalBuilds {
 public:
  explicit LocalBuilds(const Workbench& bench) : bench_(bench) {}

  // Resolves and judges what the builds need. Nothing foreign is executed, nothing is installed.
  // `python` is the interpreter or environment that they are for.
  Checked<Passed> prepare(const std::vector<LocalProject>& projects, const StagedProject& staged,
                          const std::string& python);

  // What these projects depend on must be there already.
  Checked<Passed> install(const std::string& environment) const;

 private:
  struct Build {
    LocalProject project;
    std::string working_directory;
    std::string pins;                 // file
    std::vector<std::string> pinned;  // names
    std::string cache;  // holds what is pinned and nothing else; empty: uv checks that by itself
  };

  Checked<Passed> prepare_one(Build& build, const std::string& python);
  Checked<Passed> fill_cache(const Build& build, const std::string& python);

  const Workbench& bench_;
  std::vector<Build> builds_;
};

}  // namespace toolpost::uv_package
