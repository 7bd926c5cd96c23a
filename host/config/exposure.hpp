// SPDX-License-Identifier: Apache-2.0
// Not open by accident: where HTTP may listen.
#pragma once

#include "base/error.hpp"
#include "config/config.hpp"

#include <string_view>

namespace toolpost::config {

// Without authentication HTTP may listen on 127.0.0.0/8, ::1 and localhost only. Called where HTTP
// is about to be served.
Result<> check_exposure(const Config& config);

bool is_loopback(std::string_view host);

}  // namespace toolpost::config
