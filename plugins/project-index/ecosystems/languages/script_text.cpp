// SPDX-License-Identifier: Apache-2.0
// Quotes end at the end of a line, so that one that was never closed hides one line only.
#include "ecosystems/languages/script_text.hpp"

namespace toolpost::project_index {
namespace {

// Behind a quoted text that begins at `at`.
std::size_t behind_quotes(std::string_view text, std::size_t at) {
  const char quote = text[at++];
  while (at < text.size() && text[at] != quote && text[at] != '\n') at += text[at] == '\\' ? 2 : 1;
  return at < text.size() ? at + 1 : text.size();
}

}  // namespace

std::string without_c_comments(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    std::size_t next = at + 1;
    const std::string_view two = text.substr(at, 2);
    if (text[at] == '"' || text[at] == '\'') {
      next = behind_quotes(text, at);
      out += text.substr(at, next - at);
    } else if (two == "//") {
      next = text.find('\n', at);
    } else if (two == "/*") {
      next = text.find("*/", at + 2);
      if (next != std::string_view::npos) next += 2;
      out += ' ';
    } else {
      out += text[at];
    }
    if (next > text.size()) break;
    at = next;
  }
  return out;
}

std::string without_hash_comments(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    std::size_t next = at + 1;
    if (text[at] == '"' || text[at] == '\'') {
      next = behind_quotes(text, at);
      out += text.substr(at, next - at);
    } else if (text[at] == '#') {
      next = text.find('\n', at);
    } else {
      out += text[at];
    }
    if (next > text.size()) break;
    at = next;
  }
  return out;
}

}  // namespace toolpost::project_index
