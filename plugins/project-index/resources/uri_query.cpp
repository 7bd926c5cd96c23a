// SPDX-License-Identifier: Apache-2.0
#include "resources/uri_query.hpp"

#include <algorithm>

namespace toolpost::project_index {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = text[at] == '%' && at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[at + 2]) : -1;
    if (low >= 0) at += 2;
    out += low >= 0 ? static_cast<char>(high * 16 + low) : text[at];
  }
  return out;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void append_encoded(std::string& out, std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
}

}  // namespace

std::string UriQuery::value(const std::string& name) const {
  const auto found = values.find(name);
  return found == values.end() ? std::string() : found->second;
}

UriQuery parse_uri(std::string_view uri) {
  UriQuery out;
  const std::size_t question = std::min(uri.find('?'), uri.size());
  out.base = uri.substr(0, question);
  std::string_view rest = uri.substr(std::min(question + 1, uri.size()));
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    out.values.emplace(percent_decoded(pair.substr(0, equals)),
                       percent_decoded(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return out;
}

std::string make_uri(std::string_view base,
                     const std::vector<std::pair<std::string, std::string>>& values) {
  std::string out(base);
  char separator = '?';
  for (const auto& [name, value] : values) {
    if (value.empty()) continue;
    out += separator;
    out += name;
    out += '=';
    append_encoded(out, value);
    separator = '&';
  }
  return out;
}

}  // namespace toolpost::project_index
