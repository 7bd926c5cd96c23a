// SPDX-License-Identifier: Apache-2.0
// Bytes as hexadecimal digits, in lower case.
#pragma once

#include <string>
#include <string_view>

namespace toolpost {

inline void append_hex(std::string& out, std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
}

// For what is not chars: a digest, random bytes.
inline void append_hex(std::string& out, const unsigned char* bytes, std::size_t size) {
  append_hex(out, {reinterpret_cast<const char*>(bytes), size});
}

// Of a digit in either case; -1: it is none.
constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace toolpost
