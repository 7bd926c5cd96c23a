// SPDX-License-Identifier: Apache-2.0
#include "base/json_escape.hpp"

#include "base/utf8.hpp"

namespace toolpost {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void append_escape(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out.append("\\\"");
      break;
    case '\\':
      out.append("\\\\");
      break;
    case '\n':
      out.append("\\n");
      break;
    case '\r':
      out.append("\\r");
      break;
    case '\t':
      out.append("\\t");
      break;
    default:
      out.append("\\u00");
      out.push_back(kHex[c >> 4]);
      out.push_back(kHex[c & 15]);
  }
}

// The escape of a code point that breaks a line or steers a terminal although it is no ASCII: C1
// controls and the two separators of Unicode. Null for all others.
const char* escape_of(std::string_view code_point) {
  if (code_point == "\xE2\x80\xA8") return "\\u2028";
  if (code_point == "\xE2\x80\xA9") return "\\u2029";
  if (code_point.size() != 2 || code_point[0] != '\xC2') return nullptr;
  static constexpr const char* kC1[] = {
      "\\u0080", "\\u0081", "\\u0082", "\\u0083", "\\u0084", "\\u0085", "\\u0086", "\\u0087",
      "\\u0088", "\\u0089", "\\u008a", "\\u008b", "\\u008c", "\\u008d", "\\u008e", "\\u008f",
      "\\u0090", "\\u0091", "\\u0092", "\\u0093", "\\u0094", "\\u0095", "\\u0096", "\\u0097",
      "\\u0098", "\\u0099", "\\u009a", "\\u009b", "\\u009c", "\\u009d", "\\u009e", "\\u009f"};
  const auto second = static_cast<unsigned char>(code_point[1]);
  return second < 0xA0 ? kC1[second - 0x80] : nullptr;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t copied = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x80) {
      const std::size_t length = utf8_length(text.substr(at));
      if (const char* escape = escape_of(text.substr(at, length))) {
        out.append(text.substr(copied, at - copied)).append(escape);
        at += length;
        copied = at;
        continue;
      }
      if (length != 0) {
        at += length;
        continue;
      }
      out.append(text.substr(copied, at - copied)).append("\xEF\xBF\xBD");
      copied = ++at;
    } else if (c < 0x20 || c == '"' || c == '\\' || c == 0x7F) {
      out.append(text.substr(copied, at - copied));
      append_escape(out, c);
      copied = ++at;
    } else {
      ++at;
    }
  }
  out.append(text.substr(copied)).push_back('"');
}

}  // namespace toolpost
