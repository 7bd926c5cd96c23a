// SPDX-License-Identifier: Apache-2.0
// Pieces of the values of header fields.
#pragma once

#include "base/ascii.hpp"

#include <string_view>

namespace toolpost::transport {

// Without the optional white space around it (RFC 9110, 5.6.3).
constexpr std::string_view without_blanks(std::string_view text) noexcept {
  constexpr std::string_view kBlank = " \t";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

constexpr bool is_port(std::string_view text) noexcept {
  return text.size() <= 5 && is_digits(text);
}

}  // namespace toolpost::transport
