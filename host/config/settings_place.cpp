// SPDX-License-Identifier: Apache-2.0
#include "config/settings_place.hpp"

#include "json/named_text.hpp"
#include "json/raw.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace toolpost::config {
namespace {

std::string unescaped_token(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escape = token[i] == '~' && i + 1 < token.size();
    out.push_back(!escape ? token[i] : token[++i] == '0' ? '~' : '/');
  }
  return out;
}

std::optional<std::string_view> element(std::string_view array, std::string_view token) {
  std::size_t index = 0;
  if (std::from_chars(token.data(), token.data() + token.size(), index).ec != std::errc{}) {
    return std::nullopt;
  }
  json::RawArray elements{array};
  std::string_view found;
  while (elements.next(found)) {
    if (index-- == 0) return found;
  }
  return std::nullopt;
}

std::optional<std::string_view> child(std::string_view value, std::string_view token) {
  if (value.starts_with('[')) return element(value, token);
  return value.starts_with('{') ? json::find_raw(value, unescaped_token(token)) : std::nullopt;
}

std::string_view value_at(std::string_view value, std::string_view pointer) {
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view token = pointer.substr(0, pointer.find('/'));
    const auto inner = child(value, token);
    if (!inner) break;
    value = *inner;
    pointer.remove_prefix(token.size());
  }
  return value;
}

// Null when there is none.
const char* name_of(std::string_view object, std::string_view name) {
  if (name.empty() || !object.starts_with('{')) return nullptr;
  json::RawObject members{object};
  json::RawMember member;
  while (members.next(member)) {
    if (json::unescape(member.key) == name) return member.key.data() - 1;
  }
  return nullptr;
}

}  // namespace

std::string place_in(const PluginSettings& settings, std::string_view pointer,
                     std::string_view member) {
  if (settings.file.empty()) return {};
  const std::string_view source = settings.source;
  const std::string_view value = value_at(source, pointer);
  const char* const name = name_of(value, member);
  const auto offset = (name != nullptr ? name : value.data()) - source.data();
  json::Position at = json::position_of(source, static_cast<std::size_t>(offset));
  if (at.line == 1) at.column += settings.column - 1;
  at.line += settings.line - 1;
  return settings.file + ":" + json::to_string(at);
}

}  // namespace toolpost::config
