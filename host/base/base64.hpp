// SPDX-License-Identifier: Apache-2.0
// Base64 with padding (RFC 4648, section 4), and the alphabet for URLs without it (section 5).
// Decoding accepts the canonical form only, so that no two texts mean the same bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace toolpost {

void append_base64(std::string& out, std::string_view bytes);
std::optional<std::string> decode_base64(std::string_view text);

void append_base64url(std::string& out, std::string_view bytes);
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace toolpost
