// SPDX-License-Identifier: Apache-2.0
// API keys and passwords from where an operator may keep them: a variable, a file, a systemd
// credential. Never from the configuration file itself or the command line.
#pragma once

#include "config/config.hpp"
#include "config/load.hpp"

#include <string_view>
#include <vector>

namespace toolpost::config {

// The variables whose values are secrets.
std::vector<std::string_view> secret_variables();

// Fills in what Auth and Redis have of them. After load(), and only for commands that need them:
// not everybody who may read the configuration may read the keys.
Result<> read_secrets(const Environment& environment, Config& config);

// Overwrites and removes the secret variables of this process, so that neither a child nor
// /proc/PID/environ has them. After load(), before the first thread.
void forget_secret_variables();

}  // namespace toolpost::config
