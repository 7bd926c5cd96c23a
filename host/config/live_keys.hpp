// SPDX-License-Identifier: Apache-2.0
// Which keys a running server takes anew when it is told to reload. The others need a restart.
#pragma once

#include <string_view>

namespace toolpost::config {

// `key` is dotted and may go on below the tables of keys.hpp: "roles.viewer.tools".
bool is_live(std::string_view key);

}  // namespace toolpost::config
