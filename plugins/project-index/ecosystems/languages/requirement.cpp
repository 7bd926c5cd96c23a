// SPDX-License-Identifier: Apache-2.0
// For telling, not for resolving: the specifiers are taken as they are written.
#include "ecosystems/languages/requirement.hpp"

#include <algorithm>
#include <cctype>

namespace toolpost::project_index {
namespace {

bool is_name_byte(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '-' || byte == '_' ||
         byte == '.';
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string python_name(std::string_view name) {
  std::string out;
  for (const char byte : name) {
    const bool is_separator = byte == '-' || byte == '_' || byte == '.';
    if (is_separator && out.ends_with('-')) continue;
    out += is_separator ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
  }
  return out;
}

Requirement requirement_in(std::string_view text) {
  text = trimmed(text);
  const auto end = std::find_if_not(text.begin(), text.end(), is_name_byte);
  Requirement out{std::string(text.begin(), end), ""};
  if (out.name.empty() || std::isalnum(static_cast<unsigned char>(out.name.front())) == 0)
    return {};
  text = trimmed(text.substr(out.name.size()));
  if (text.starts_with('['))
    text = trimmed(text.substr(std::min(text.find(']'), text.size() - 1) + 1));
  const bool is_address = text.starts_with('@');
  text = trimmed(text.substr(0, text.find(is_address ? " ;" : ";")));
  if (text.starts_with('(') && text.ends_with(')')) text = trimmed(text.substr(1, text.size() - 2));
  constexpr std::string_view kBegins = "<>=!~@";
  if (!text.empty() && kBegins.find(text.front()) == std::string_view::npos) return {};
  out.declared = text;
  return out;
}

}  // namespace toolpost::project_index
