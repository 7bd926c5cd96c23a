// SPDX-License-Identifier: Apache-2.0
// What doctor looks at of the audit: place, key, room, and what is not as safe as it could be.
#pragma once

#include "config/config.hpp"
#include "ops/doctor.hpp"

#include <vector>

namespace toolpost::cli {

// Changes nothing: a ledger or key that is not there yet is made by the first start.
void check_audit(const config::Config& config, std::vector<ops::Finding>& findings);

}  // namespace toolpost::cli
