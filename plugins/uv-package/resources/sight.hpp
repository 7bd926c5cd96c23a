// SPDX-License-Identifier: Apache-2.0
// What is behind a resource on disk: where a change of it shows, and how it looks now. Two looks
// that are the same are of files that read the same.
#pragma once

#include "settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::uv_package {

struct Sight {
  std::vector<std::string> directories;  // to watch; only those that exist
  std::string look;
};

// Of a URI that is not ours, or that names no project below a root, an empty one.
Sight sight_of(const Settings& settings, std::string_view uri);

}  // namespace toolpost::uv_package
