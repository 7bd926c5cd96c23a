// SPDX-License-Identifier: Apache-2.0
// A configuration file: read only when nobody but root and the user can have written it.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace toolpost::config {

inline constexpr std::size_t kMaxFileBytes = 1'048'576;

// Errc::kNotFound when it does not exist, Errc::kDenied with the command that mends it when others
// can write it.
Result<std::string> read_source_file(const std::string& path);

// "3:14" for a byte of the text; columns count characters, both start at 1.
std::string line_and_column(std::string_view text, std::size_t offset);

}  // namespace toolpost::config
