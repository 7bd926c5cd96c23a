// SPDX-License-Identifier: Apache-2.0
// From the configuration to who may do what: the structs of config/ into those of identity/ and
// call/, which do not know each other.
#pragma once

#include "call/access.hpp"
#include "config/config.hpp"
#include "identity/auth_mode.hpp"
#include "policy/access_rules.hpp"

namespace toolpost {

identity::AuthSettings auth_settings(const config::Config& config);
call::AccessLimits access_limits(const config::Config& config);
Result<policy::AccessRules> access_rules(const config::Config& config);

// What a start would refuse of them, without a start.
Result<> check_access(const config::Config& config);

}  // namespace toolpost
