// SPDX-License-Identifier: Apache-2.0
// Not open by accident: protection that an operator asks for and this build does not give refuses
// the start instead of being ignored.
#pragma once

#include "base/error.hpp"
#include "config/config.hpp"
#include "config/load.hpp"

namespace toolpost::config {

// Refuses the guide's variables for authentication and package policy. Their values are never
// repeated. load() calls it.
Result<> check_not_enforced(const Environment& environment);

// HTTP may listen on 127.0.0.0/8, ::1 and localhost only. Called where HTTP is about to be served.
Result<> check_exposure(const Config& config);

bool is_loopback(std::string_view host);

}  // namespace toolpost::config
