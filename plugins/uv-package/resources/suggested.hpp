// SPDX-License-Identifier: Apache-2.0
// What a person may mean who types the name of a project or of a package.
#pragma once

#include "services.hpp"

#include <toolpost/suggestions.hpp>

namespace toolpost::uv_package {

// Directories with a pyproject.toml directly below a root, as far as the caller may act there.
sdk::Suggestions suggested_projects(const Settings& settings, const sdk::Typed& typed);

// Packages that are locked or installed in the project that the call names beside it.
sdk::Suggestions suggested_packages(const Settings& settings, const sdk::Typed& typed);

}  // namespace toolpost::uv_package
