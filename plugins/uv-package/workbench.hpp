// SPDX-License-Identifier: Apache-2.0
// What the steps of one call share. Borrowed from the Operation, which outlives them.
#pragma once

#include "gate.hpp"
#include "scratch_directory.hpp"
#include "uv_run.hpp"

#include <string>

namespace toolpost::uv_package {

struct Workbench {
  const Settings& settings;
  UvRun& uv;
  const Gate& gate;
  const ScratchDirectory& scratch;

  // A file of this name in the scratch directory.
  std::string file(const std::string& name) const { return scratch.path() + "/" + name; }
};

}  // namespace toolpost::uv_package
