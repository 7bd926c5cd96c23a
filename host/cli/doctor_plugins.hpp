// SPDX-License-Identifier: Apache-2.0
// What doctor and config check look at of the libraries of plugins.
#pragma once

#include "ops/doctor.hpp"
#include "plugin/loader/manifest.hpp"

#include <string>

namespace toolpost::cli {

// Whether the library is there, nobody but root and this user can have written it, and it is the
// one whose hash is `pinned`; empty: any. Runs no plugin code.
ops::Finding check_library(const plugin::Manifest& manifest, const std::string& pinned);

}  // namespace toolpost::cli
