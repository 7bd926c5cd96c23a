// SPDX-License-Identifier: Apache-2.0
// Lines as a result shows them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace toolpost::project_index {

constexpr std::size_t kMaxShownBytes = 400;

// The line without its end (a carriage return included), valid UTF-8, cut to kMaxShownBytes around
// `begin`; "…" stands where something is missing.
std::string shown_line(std::string_view line, std::size_t begin = 0);

}  // namespace toolpost::project_index
