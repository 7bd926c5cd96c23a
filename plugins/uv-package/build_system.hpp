// SPDX-License-Identifier: Apache-2.0
// What the build of a local project needs, from [build-system] of its pyproject.toml.
#pragma once

#include "checked.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::uv_package {

struct BuildSystem {
  std::vector<std::string> requirements;  // checked, written anew
  std::vector<std::string> constraints;   // of [tool.uv], for builds
};

// `uv_version`: a project that asks for nothing but uv's own backend in a version that is part of
// this uv needs no package.
Checked<BuildSystem> read_build_system(const std::string& directory, std::string_view uv_version);

}  // namespace toolpost::uv_package
