// SPDX-License-Identifier: Apache-2.0
// Patterns of operators: * stands for any run of characters, ? for one byte. The time is at most
// the length of the text times that of the pattern.
#pragma once

#include <string_view>

namespace toolpost::policy {

// Whether the pattern covers the whole text.
bool matches_glob(std::string_view pattern, std::string_view text) noexcept;

}  // namespace toolpost::policy
