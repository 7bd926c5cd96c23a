// SPDX-License-Identifier: Apache-2.0
#include "pep/index_url.hpp"

#include "pep/ascii.hpp"

#include <algorithm>

namespace toolpost::pep {

Checked<UrlParts> parse_http_url(std::string_view url) {
  const std::size_t colon = url.find("://");
  UrlParts out;
  out.scheme = colon == std::string_view::npos ? "" : lowered(url.substr(0, colon));
  if (out.scheme != "http" && out.scheme != "https") {
    return Refusal{"is not an http:// or https:// URL"};
  }
  const bool is_printable =
      std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!is_printable) return Refusal{"contains a character that is no part of a URL"};
  std::string_view authority = url.substr(colon + 3);
  authority = authority.substr(0, authority.find_first_of("/?#\\"));
  const std::size_t at = authority.rfind('@');
  out.has_credentials = at != std::string_view::npos;
  out.host = lowered(out.has_credentials ? authority.substr(at + 1) : authority);
  if (out.host.empty()) return Refusal{"names no host"};
  return out;
}

std::string comparable_index(std::string_view url) {
  while (!url.empty() && url.back() == '/') url.remove_suffix(1);
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) return std::string(url);
  const std::size_t path = std::min(url.find('/', colon + 3), url.size());
  return lowered(url.substr(0, path)) + std::string(url.substr(path));
}

}  // namespace toolpost::pep
