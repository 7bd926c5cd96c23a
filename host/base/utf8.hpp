// SPDX-License-Identifier: Apache-2.0
// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace toolpost {

// Bytes of the code point that `text` starts with; 0 when it starts with none.
std::size_t utf8_length(std::string_view text) noexcept;

bool is_utf8(std::string_view text) noexcept;

// The beginning of `text`, at most that many bytes, without half a code point at its end.
std::string_view utf8_prefix(std::string_view text, std::size_t limit) noexcept;

}  // namespace toolpost
