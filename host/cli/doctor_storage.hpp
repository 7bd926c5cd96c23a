// SPDX-License-Identifier: Apache-2.0
// What doctor looks at of what outlives the process: directories, room, seal keys, backups.
#pragma once

#include "config/config.hpp"
#include "ops/doctor.hpp"

#include <vector>

namespace toolpost::cli {

// Changes nothing.
void check_storage(const config::Config& config, std::vector<ops::Finding>& findings);

}  // namespace toolpost::cli
