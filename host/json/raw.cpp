// SPDX-License-Identifier: Apache-2.0
#include "json/raw.hpp"

#include "base/ascii.hpp"
#include "base/json_escape.hpp"
#include "json/parser.hpp"

#include <algorithm>
#include <cstring>

namespace toolpost::json {
namespace {

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (is_space(text[at])) {
      ++at;
    } else if (text.compare(at, 2, "//") == 0) {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.compare(at, 2, "/*") == 0) {
      const std::size_t close = text.find("*/", at + 2);
      at = close == std::string_view::npos ? text.size() : close + 2;
    } else {
      break;
    }
  }
  return at;
}

// `at` is the opening quote; the result is behind the closing one.
std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return text.size();
}

std::size_t skip_container(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = skip_string(text, at);
      continue;
    }
    if (c == '/') {
      at = std::max(skip_space(text, at), at + 1);
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return text.size();
}

// Behind the separator, at the next token; text.size() when the container closes.
std::size_t to_next(std::string_view text, std::size_t at, char close) {
  at = skip_space(text, at);
  if (at < text.size() && text[at] == ',') at = skip_space(text, at + 1);
  return at < text.size() && text[at] == close ? text.size() : at;
}

std::size_t after_open(std::string_view text) {
  const std::size_t at = skip_space(text, 0);
  return std::min(at + 1, text.size());
}

}  // namespace

RawValue raw_value_at(std::string_view text, std::size_t at) {
  at = skip_space(text, at);
  std::size_t end = at;
  if (at < text.size() && text[at] == '"') {
    end = skip_string(text, at);
  } else if (at < text.size() && (text[at] == '{' || text[at] == '[')) {
    end = skip_container(text, at);
  } else {
    while (end < text.size() && std::strchr(",]}/ \t\r\n", text[end]) == nullptr) ++end;
  }
  return {text.substr(at, end - at), end};
}

RawObject::RawObject(std::string_view text) : text_(text), at_(after_open(text)) {}

bool RawObject::next(RawMember& member) {
  at_ = to_next(text_, at_, '}');
  if (at_ >= text_.size() || text_[at_] != '"') return false;
  const std::size_t key_end = skip_string(text_, at_);
  if (key_end < at_ + 2) return false;
  member.key = text_.substr(at_ + 1, key_end - at_ - 2);
  const std::size_t colon = skip_space(text_, key_end);
  const RawValue value = raw_value_at(text_, std::min(colon + 1, text_.size()));
  member.value = value.text;
  at_ = value.end;
  return true;
}

RawArray::RawArray(std::string_view text) : text_(text), at_(after_open(text)) {}

bool RawArray::next(std::string_view& element) {
  at_ = to_next(text_, at_, ']');
  if (at_ >= text_.size()) return false;
  const RawValue value = raw_value_at(text_, at_);
  if (value.end == at_) return false;
  element = value.text;
  at_ = value.end;
  return true;
}

std::optional<std::string_view> find_raw(std::string_view object, std::string_view key) {
  RawObject members{object};
  RawMember member;
  while (members.next(member)) {
    const bool same = member.key.find('\\') == std::string_view::npos ? member.key == key
                                                                      : unescape(member.key) == key;
    if (same) return member.value;
  }
  return std::nullopt;
}

std::string unescape(std::string_view inside_quotes) {
  if (inside_quotes.find('\\') == std::string_view::npos) return std::string{inside_quotes};
  std::string quoted;
  quoted.reserve(inside_quotes.size() + 2);
  quoted.append("\"").append(inside_quotes).append("\"");
  const auto document = parse(quoted);
  return document && document->root().is_string() ? std::string{document->root().as_string()}
                                                  : std::string{inside_quotes};
}

void append_on_one_line(std::string& out, std::string_view text) {
  if (text.find_first_of("\n\r\t") == std::string_view::npos) {
    out.append(text);
    return;
  }
  out.reserve(out.size() + text.size());
  for (const char c : text) {
    if (c != '\n' && c != '\r' && c != '\t') out.push_back(c);
  }
}

void append_compact(std::string& out, std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '"') {
      const std::size_t end = skip_string(text, at);
      const std::string_view inside = text.substr(at + 1, end - std::min(end, at + 2));
      if (inside.find('\\') == std::string_view::npos) {
        append_json_string(out, inside);
      } else {
        append_json_string(out, unescape(inside));
      }
      at = end;
      continue;
    }
    if (!is_space(text[at])) out.push_back(text[at]);
    ++at;
  }
}

}  // namespace toolpost::json
