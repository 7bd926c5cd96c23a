// SPDX-License-Identifier: Apache-2.0
// The same bounds for the same field, whether it comes from a manifest or from the entry.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string_view>

namespace toolpost::plugin {

inline constexpr std::size_t kMaxIdSize = 128;
inline constexpr std::size_t kMaxNameSize = 256;  // name, vendor
inline constexpr std::size_t kMaxVersionSize = 64;
inline constexpr std::size_t kMaxProtocolSize = 64;
inline constexpr std::size_t kMaxSchemaSize = std::size_t{256} * 1024;
inline constexpr std::size_t kMaxInstructionsSize = std::size_t{64} * 1024;

// Valid UTF-8 without NUL, at most `limit` bytes.
Result<> check_text(std::string_view field, std::string_view text, std::size_t limit);

// The same, and without any control character.
Result<> check_line(std::string_view field, std::string_view text, std::size_t limit);

}  // namespace toolpost::plugin
