// SPDX-License-Identifier: Apache-2.0
// Whether two JSON texts mean the same: member order, spacing and escapes do not count.
#pragma once

#include "base/error.hpp"

#include <string_view>

namespace toolpost::plugin {

// Fails when either is not JSON.
Result<bool> same_json(std::string_view left, std::string_view right);

}  // namespace toolpost::plugin
