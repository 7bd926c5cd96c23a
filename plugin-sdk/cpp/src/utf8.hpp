// SPDX-License-Identifier: Apache-2.0
// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace toolpost::sdk {

// Length in bytes of the well-formed character at `offset` (1 to 4), or 0 when there is none.
// `offset` must be smaller than text.size().
std::size_t utf8_length_at(std::string_view text, std::size_t offset) noexcept;

}  // namespace toolpost::sdk
