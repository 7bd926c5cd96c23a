// SPDX-License-Identifier: Apache-2.0
// A configuration file: read only when nobody but root and the user can have written it.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string>

namespace toolpost::config {

inline constexpr std::size_t kMaxFileBytes = 1'048'576;

// Errc::kNotFound when it does not exist, Errc::kDenied with the command that mends it when others
// can write it.
Result<std::string> read_source_file(const std::string& path);

}  // namespace toolpost::config
