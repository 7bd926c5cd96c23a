// SPDX-License-Identifier: Apache-2.0
// What doctor looks at of who may come in: the mode, the keys, the users.
#pragma once

#include "config/config.hpp"
#include "ops/doctor.hpp"

#include <vector>

namespace toolpost::cli {

// Changes nothing.
void check_identity(const config::Config& config, std::vector<ops::Finding>& findings);

}  // namespace toolpost::cli
