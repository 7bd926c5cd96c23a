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

// Columns count characters; both start at 1.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

// Of a byte of the text.
Position position_of(std::string_view text, std::size_t offset);

// "3:14"
std::string to_string(const Position& position);

}  // namespace toolpost::config
