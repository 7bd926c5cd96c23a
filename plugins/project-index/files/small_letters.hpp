// SPDX-License-Identifier: Apache-2.0
// The case of letters, where git leaves it out of account: of ASCII only.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace toolpost::project_index {

constexpr char small_letter(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string small_letters(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), small_letter);
  return out;
}

}  // namespace toolpost::project_index
