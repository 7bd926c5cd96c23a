// SPDX-License-Identifier: Apache-2.0
#include "pep/package_name.hpp"

#include "pep/ascii.hpp"

#include <algorithm>

namespace toolpost::pep {

namespace {
constexpr bool is_joint(char c) noexcept {
  return c == '-' || c == '_' || c == '.';
}
}  // namespace

bool is_package_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMaxNameLength && is_alnum(text.front()) &&
         is_alnum(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || is_joint(c); });
}

std::string normalized_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (!is_joint(c)) {
      out += to_lower(c);
    } else if (out.empty() || out.back() != '-') {
      out += '-';
    }
  }
  return out;
}

}  // namespace toolpost::pep
