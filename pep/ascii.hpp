// SPDX-License-Identifier: Apache-2.0
// Character classes of the packaging standards. They are defined on ASCII; the C library's are not,
// they follow the locale.
#pragma once

#include <string>
#include <string_view>

namespace toolpost::pep {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

constexpr bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}

constexpr bool is_lower(char c) noexcept {
  return c >= 'a' && c <= 'z';
}

constexpr bool is_alpha(char c) noexcept {
  return is_upper(c) || is_lower(c);
}

constexpr bool is_alnum(char c) noexcept {
  return is_alpha(c) || is_digit(c);
}

constexpr bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

constexpr char to_lower(char c) noexcept {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_lower(c);
  return out;
}

inline std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace toolpost::pep
