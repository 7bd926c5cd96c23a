// SPDX-License-Identifier: Apache-2.0
#include "json/named_text.hpp"

#include "base/json_escape.hpp"

#include <algorithm>

namespace toolpost::json {

Position position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t newline = before.rfind('\n');
  const std::string_view in_line =
      newline == std::string_view::npos ? before : before.substr(newline + 1);
  const auto column = std::count_if(in_line.begin(), in_line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // not a UTF-8 continuation byte
  });
  return {static_cast<std::size_t>(line), static_cast<std::size_t>(column) + 1};
}

std::string to_string(const Position& position) {
  return std::to_string(position.line) + ":" + std::to_string(position.column);
}

std::string place(const NamedText& source, std::size_t offset) {
  return std::string{source.name} + ":" + to_string(position_of(source.text, offset));
}

std::string place(const NamedText& source, std::string_view slice) {
  return place(source, static_cast<std::size_t>(slice.data() - source.text.data()));
}

Result<Document> parse(const NamedText& source, const Limits& limits) {
  Parser parser;
  auto document = parser.parse(source.text, limits);
  if (document) return document;
  const SyntaxError& error = parser.last_error();
  if (const auto duplicate = find_duplicate_key(source.text.substr(0, error.offset))) {
    std::string message = place(source, duplicate->offset) + ": the key ";
    append_json_string(message, duplicate->key);
    return invalid(message + " stands here twice");
  }
  return invalid(place(source, error.offset) + ": not valid JSON: " + error.message);
}

}  // namespace toolpost::json
