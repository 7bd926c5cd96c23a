// SPDX-License-Identifier: Apache-2.0
// The members of the records `intent` and `outcome`; config/audit.md says what each means.
#pragma once

#include "audit/entry.hpp"
#include "call/call.hpp"
#include "call/ending.hpp"
#include "policy/access_rules.hpp"

#include <string>

namespace toolpost::call {

void append_intent(std::string& out, const Call& call, const policy::AccessRules& rules,
                   audit::Scribe& scribe);

void append_outcome(std::string& out, const Call& call, const Ending& ending,
                    Clock::time_point ended, const policy::AccessRules& rules,
                    audit::Scribe& scribe);

}  // namespace toolpost::call
