// SPDX-License-Identifier: Apache-2.0
// SHA-256 of plugin files, as operators pin them in the configuration.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace toolpost::plugin {

// Lower-case hexadecimal, 64 characters.
Result<std::string> sha256_of(std::span<const std::byte> bytes);
// Of an open file from its start; the file's position is left alone.
Result<std::string> sha256_of(int fd);

// `pinned` as written by the operator: 64 hexadecimal digits of either case.
Result<> check_pinned(std::string_view pinned, std::string_view actual);

}  // namespace toolpost::plugin
