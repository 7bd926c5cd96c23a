// SPDX-License-Identifier: Apache-2.0
// What the resources say of a project, read from its files alone: no uv and no interpreter is
// started. Each function reads anew; lists are cut, and say by how much.
#pragma once

#include "checked.hpp"
#include "project.hpp"
#include "settings.hpp"

#include <toolpost/json.hpp>

#include <cstddef>

namespace toolpost::uv_package {

inline constexpr std::size_t kMaxListedPackages = 5000;

using Document = Checked<sdk::Json> (*)(const Settings& settings, const Project& project);

// The *.dist-info directories of the environment.
Checked<sdk::Json> installed_document(const Settings& settings, const Project& project);

// uv.lock, from what nothing else needs downwards. A package that was shown with what it needs is
// only named where it is needed again.
Checked<sdk::Json> tree_document(const Settings& settings, const Project& project);

// pyproject.toml, and how large and how old uv.lock is.
Checked<sdk::Json> information_document(const Settings& settings, const Project& project);

// pyvenv.cfg.
Checked<sdk::Json> environment_document(const Settings& settings, const Project& project);

}  // namespace toolpost::uv_package
