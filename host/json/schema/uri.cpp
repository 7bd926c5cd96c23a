// SPDX-License-Identifier: Apache-2.0
#include "json/schema/uri.hpp"

#include "base/ascii.hpp"
#include "base/hex.hpp"

#include <algorithm>

namespace toolpost::json {
namespace {

bool is_scheme_char(char c) {
  return is_alnum(c) || c == '+' || c == '-' || c == '.';
}

// The part of `text` up to, not including, the first of `stops`; removed from `text`.
std::string_view take_until(std::string_view& text, std::string_view stops) {
  const std::size_t end = std::min(text.find_first_of(stops), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end);
  return part;
}

// Each part with its delimiter: "https:" "//host" "/path" "?query" "#fragment".
struct Components {
  std::string_view scheme;
  std::string_view authority;
  std::string_view path;
  std::string_view query;
  std::string_view fragment;
};

Components split(std::string_view uri) {
  Components parts;
  const std::size_t colon = uri.find(':');
  if (colon != std::string_view::npos && colon > 0 && is_alpha(uri.front()) &&
      std::all_of(uri.begin(), uri.begin() + static_cast<std::ptrdiff_t>(colon), is_scheme_char)) {
    parts.scheme = uri.substr(0, colon + 1);
    uri.remove_prefix(colon + 1);
  }
  if (uri.starts_with("//")) {
    const std::size_t end = std::min(uri.find_first_of("/?#", 2), uri.size());
    parts.authority = uri.substr(0, end);
    uri.remove_prefix(end);
  }
  parts.path = take_until(uri, "?#");
  parts.query = take_until(uri, "#");
  parts.fragment = uri;
  return parts;
}

std::string without_dot_segments(std::string_view path) {
  std::string out;
  const bool absolute = path.starts_with('/');
  if (absolute) path.remove_prefix(1);
  std::vector<std::string_view> kept;
  bool directory = false;
  for (bool more = true; more;) {
    const std::string_view segment = take_until(path, "/");
    more = !path.empty();
    if (more) path.remove_prefix(1);
    directory = segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!directory) kept.push_back(segment);
  }
  for (const std::string_view segment : kept) {
    if (absolute || !out.empty()) out += '/';
    out += segment;
  }
  if (directory) out += '/';
  return out;
}

std::string merged(const Components& base, std::string_view path) {
  if (!base.authority.empty() && base.path.empty()) return std::string{"/"}.append(path);
  const std::size_t slash = base.path.rfind('/');
  const std::string_view directory =
      slash == std::string_view::npos ? std::string_view{} : base.path.substr(0, slash + 1);
  return std::string{directory} + std::string{path};
}

std::string joined(std::string_view scheme, std::string_view authority, std::string_view path,
                   std::string_view query, std::string_view fragment) {
  std::string out{scheme};
  out.append(authority).append(path).append(query).append(fragment);
  return out;
}

}  // namespace

std::string resolve_uri(std::string_view base_text, std::string_view reference) {
  const Components r = split(reference);
  // "urn:" paths have no hierarchy, so their dots mean nothing.
  if (base_text.empty() || (!r.scheme.empty() && !r.path.starts_with('/'))) {
    return std::string{reference};
  }
  const Components base = split(base_text);
  if (!r.scheme.empty()) {
    return joined(r.scheme, r.authority, without_dot_segments(r.path), r.query, r.fragment);
  }
  if (!r.authority.empty()) {
    return joined(base.scheme, r.authority, without_dot_segments(r.path), r.query, r.fragment);
  }
  if (r.path.empty()) {
    const std::string_view query = r.query.empty() ? base.query : r.query;
    return joined(base.scheme, base.authority, base.path, query, r.fragment);
  }
  const std::string path = r.path.starts_with('/') ? std::string{r.path} : merged(base, r.path);
  return joined(base.scheme, base.authority, without_dot_segments(path), r.query, r.fragment);
}

UriParts split_fragment(std::string_view uri) {
  const std::size_t hash = uri.find('#');
  if (hash == std::string_view::npos) return {uri, {}};
  return {uri.substr(0, hash), uri.substr(hash + 1)};
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::optional<std::vector<std::string>> pointer_tokens(std::string_view pointer) {
  std::vector<std::string> tokens;
  while (!pointer.empty()) {
    if (pointer.front() != '/') return std::nullopt;
    pointer.remove_prefix(1);
    const std::string_view raw = take_until(pointer, "/");
    std::string& token = tokens.emplace_back();
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != '~') {
        token += raw[i];
        continue;
      }
      if (++i == raw.size() || (raw[i] != '0' && raw[i] != '1')) return std::nullopt;
      token += raw[i] == '0' ? '~' : '/';
    }
  }
  return tokens;
}

void append_token(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (const char c : token) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

}  // namespace toolpost::json
