// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/text_rules.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <string>

namespace toolpost::plugin {
namespace {

std::string field_name(std::string_view field) {
  return "field '" + std::string(field) + "'";
}

}  // namespace

Result<> check_text(std::string_view field, std::string_view text, std::size_t limit) {
  if (text.size() > limit) {
    return Error(Errc::kLimit, field_name(field) + " has " + std::to_string(text.size()) +
                                   " bytes, more than " + std::to_string(limit));
  }
  if (!is_utf8(text)) return invalid(field_name(field) + " is not valid UTF-8");
  if (text.find('\0') != std::string_view::npos)
    return invalid(field_name(field) + " contains NUL");
  return {};
}

Result<> check_line(std::string_view field, std::string_view text, std::size_t limit) {
  if (auto checked = check_text(field, text, limit); !checked) return checked;
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
  if (control) return invalid(field_name(field) + " contains a control character");
  return {};
}

}  // namespace toolpost::plugin
