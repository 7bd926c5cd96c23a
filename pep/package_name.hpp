// SPDX-License-Identifier: Apache-2.0
// Names of distributions and extras: PEP 508 says what one is, PEP 503 which two are the same.
#pragma once

#include <string>
#include <string_view>

namespace toolpost::pep {

inline constexpr std::size_t kMaxNameLength = 200;

// Letters, digits and "-_." inside; a letter or digit at both ends.
bool is_package_name(std::string_view text) noexcept;

// Lower case, every run of "-_." one "-".
std::string normalized_name(std::string_view name);

}  // namespace toolpost::pep
