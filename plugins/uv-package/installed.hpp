// SPDX-License-Identifier: Apache-2.0
// What is installed in an environment, read from its *.dist-info directories. No interpreter is
// started: that of a project can be anything.
#pragma once

#include "changes.hpp"

#include <set>
#include <string>

namespace toolpost::uv_package {

struct InstalledPackages {
  PackageSet packages;
  std::set<std::string> direct;  // those that came from a path or URL, not from an index
};

// Empty when there is no environment.
InstalledPackages read_installed(const std::string& environment);

}  // namespace toolpost::uv_package
