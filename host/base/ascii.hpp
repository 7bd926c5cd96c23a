// SPDX-License-Identifier: Apache-2.0
// Letters, digits and white space of ASCII, whatever the locale: std::tolower and its kin ask it.
// pep/ascii.hpp has what the packaging standards need of them: that library knows no host.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace toolpost {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

constexpr bool is_lower(char c) noexcept {
  return c >= 'a' && c <= 'z';
}

constexpr bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}

constexpr bool is_alpha(char c) noexcept {
  return is_lower(c) || is_upper(c);
}

constexpr bool is_alnum(char c) noexcept {
  return is_alpha(c) || is_digit(c);
}

// What JSON (RFC 8259) takes for white space.
constexpr bool is_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

constexpr char to_lower(char c) noexcept {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string to_lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = to_lower(c);
  return out;
}

constexpr bool is_digits(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace toolpost
