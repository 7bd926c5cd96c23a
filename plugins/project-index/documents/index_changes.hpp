// SPDX-License-Identifier: Apache-2.0
// What differs between two snapshots of one project.
#pragma once

#include "index/snapshot.hpp"

#include <toolpost/json.hpp>

namespace toolpost::project_index {

// {"added": {"count": 2, "paths": [...]}, "changed": ..., "removed": ...}: the first paths of each.
sdk::Json changes_between(const Snapshot& before, const Snapshot& after);

}  // namespace toolpost::project_index
