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

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t copied = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x80) {
      const std::size_t length = utf8_length(text.substr(at));
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
