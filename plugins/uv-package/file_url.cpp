// SPDX-License-Identifier: Apache-2.0
#include "file_url.hpp"

#include "pep/ascii.hpp"

namespace toolpost::uv_package {

namespace {

constexpr std::string_view kScheme = "file://";
constexpr std::string_view kHex = "0123456789ABCDEF";

int value_of(char c) {
  const std::size_t value = kHex.find(c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c);
  return value == std::string_view::npos ? -1 : static_cast<int>(value);
}

}  // namespace

std::string file_url(std::string_view path) {
  std::string out(kScheme);
  for (const char c : path) {
    if (pep::is_alnum(c) || std::string_view("/-._~").find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
  }
  return out;
}

std::optional<std::string> path_of_file_url(std::string_view url) {
  if (url.substr(0, kScheme.size()) != kScheme) return std::nullopt;
  url.remove_prefix(kScheme.size());
  if (url.empty() || url.front() != '/') return std::nullopt;
  std::string out;
  for (std::size_t at = 0; at < url.size(); ++at) {
    if (url[at] != '%') {
      out += url[at];
      continue;
    }
    const int high = at + 2 < url.size() ? value_of(url[at + 1]) : -1;
    const int low = at + 2 < url.size() ? value_of(url[at + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return out;
}

}  // namespace toolpost::uv_package
