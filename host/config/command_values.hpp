// SPDX-License-Identifier: Apache-2.0
// What options and operands may say: a wrong one makes the command line wrong, before anything is
// read.
#pragma once

#include "base/error.hpp"
#include "config/command_line.hpp"

namespace toolpost::config {

// An option that sets a key: its value has to be one of that key.
Result<> check_flag(const Override& flag);

// ARGUMENTS-JSON of call and policy why, --type of the records, --only of a restore.
Result<> check_values(const CommandLine& line);

}  // namespace toolpost::config
