// SPDX-License-Identifier: Apache-2.0
// Projects below a directory, by their manifests.
#pragma once

#include "documents/paging.hpp"

#include <functional>
#include <string>

namespace toolpost::project_index {

struct Discovery {
  std::string directory;   // absolute; was checked
  unsigned max_depth = 4;  // of projects below it; 0 is the directory itself
  Page page;
  // Whether the caller may know of it; gets absolute paths.
  std::function<bool(const std::string&)> may_use;
};

// Walks anew each time: what is discovered need not be indexed. Throws sdk::Error.
sdk::Json discovery_document(const Settings& settings, const Discovery& wanted,
                             const StopToken& stop);

}  // namespace toolpost::project_index
