// SPDX-License-Identifier: Apache-2.0
// What doctor looks at of the network: exposure, the port, certificates.
#pragma once

#include "config/config.hpp"
#include "ops/doctor.hpp"

#include <vector>

namespace toolpost::cli {

// Changes nothing.
void check_network(const config::Config& config, std::vector<ops::Finding>& findings);

}  // namespace toolpost::cli
