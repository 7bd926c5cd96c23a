// SPDX-License-Identifier: Apache-2.0
// "did you mean": the known name that a mistyped one was probably meant to be.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace toolpost {

// Insertions, deletions, replacements and swaps of neighbours between the two, letter case ignored.
std::size_t edit_distance(std::string_view left, std::string_view right);

// Nothing when no name is close enough to be worth suggesting.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> names);

}  // namespace toolpost
