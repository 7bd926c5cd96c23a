// SPDX-License-Identifier: Apache-2.0
// Writes Json as compact text that is valid JSON whatever the value holds.
#include "utf8.hpp"

#include <toolpost/json.hpp>

#include <array>
#include <charconv>
#include <cmath>

namespace toolpost::sdk {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kHexDigits = "0123456789abcdef";

void append_escaped(std::string& out, char character) {
  switch (character) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHexDigits[static_cast<unsigned char>(character) >> 4U];
      out += kHexDigits[static_cast<unsigned char>(character) & 0xFU];
  }
}

bool needs_escape(char character) {
  return character == '"' || character == '\\' || static_cast<unsigned char>(character) < 0x20;
}

template <class T>
void append_number(std::string& out, T value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), end.ptr);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t offset = 0; offset < text.size();) {
    const std::size_t length = utf8_length_at(text, offset);
    if (length == 0) {
      out += kReplacement;
      ++offset;
      continue;
    }
    if (length == 1 && needs_escape(text[offset])) {
      append_escaped(out, text[offset]);
    } else {
      out += text.substr(offset, length);
    }
    offset += length;
  }
  out += '"';
}

void Json::append_to(std::string& out) const {
  switch (kind()) {
    case Kind::kNull:
      out += "null";
      return;
    case Kind::kBool:
      out += as_bool() ? "true" : "false";
      return;
    case Kind::kInteger:
      append_number(out, as_integer());
      return;
    case Kind::kDouble:
      if (std::isfinite(as_double())) {
        append_number(out, as_double());
      } else {
        out += "null";
      }
      return;
    case Kind::kString:
      append_json_string(out, as_string());
      return;
    case Kind::kArray: {
      char separator = '[';
      for (const Json& element : as_array()) {
        out += separator;
        element.append_to(out);
        separator = ',';
      }
      out += separator == '[' ? "[]" : "]";
      return;
    }
    case Kind::kObject: {
      char separator = '{';
      for (const JsonMember& member : as_object()) {
        out += separator;
        append_json_string(out, member.key);
        out += ':';
        member.value.append_to(out);
        separator = ',';
      }
      out += separator == '{' ? "{}" : "}";
      return;
    }
  }
}

std::string Json::dump() const {
  std::string out;
  append_to(out);
  return out;
}

}  // namespace toolpost::sdk
