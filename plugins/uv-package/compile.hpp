// SPDX-License-Identifier: Apache-2.0
// Resolves requirements for one interpreter with "uv pip compile": nothing is built or installed,
// and where the index serves metadata files nothing else is fetched.
#pragma once

#include "checked.hpp"
#include "workbench.hpp"

#include <string>
#include <vector>

namespace toolpost::uv_package {

struct CompileRequest {
  std::string name;                       // of the files in the scratch directory
  std::string python;                     // an interpreter or an environment
  std::vector<std::string> requirements;  // one a line
  std::vector<std::string> constraints;   // further limits, one a line
  std::vector<std::string> preferred;     // "name==version" to stay at where that is possible
  std::vector<std::string> excluded;      // names that are left out, with what they need
};

// Runs in the directory that `bench.uv` works in; its settings apply.
Checked<ResolvedSet> compile(const Workbench& bench, const CompileRequest& request);

// Writes what pins `set` for an installation or a build, and gives the file's path.
Checked<std::string> write_pins(const Workbench& bench, const std::string& name,
                                const ResolvedSet& set);

}  // namespace toolpost::uv_package
