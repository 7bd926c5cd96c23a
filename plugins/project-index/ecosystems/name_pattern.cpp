// SPDX-License-Identifier: Apache-2.0
// Bytes, not letters: names are compared as the file system has them.
#include "ecosystems/name_pattern.hpp"

#include <algorithm>

namespace toolpost::project_index {

bool fits_pattern(std::string_view pattern, std::string_view name) {
  const std::size_t first = pattern.find('*');
  if (first == std::string_view::npos) return pattern == name;
  const std::size_t last = pattern.rfind('*');
  const std::string_view begin = pattern.substr(0, first);
  const std::string_view end = pattern.substr(last + 1);
  if (name.size() < begin.size() + end.size()) return false;
  if (!name.starts_with(begin) || !name.ends_with(end)) return false;
  name = name.substr(begin.size(), name.size() - begin.size() - end.size());
  if (first == last) return true;
  const std::string_view middle = pattern.substr(first + 1, last - first - 1);
  return name.find(middle) != std::string_view::npos;
}

std::string_view name_in(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string_view directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string joined(std::string_view directory, std::string_view relative) {
  if (relative.starts_with('/')) return {};
  std::string out(directory);
  while (!relative.empty()) {
    const std::size_t end = std::min(relative.find('/'), relative.size());
    const std::string_view part = relative.substr(0, end);
    relative.remove_prefix(std::min(end + 1, relative.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (out.empty()) return {};
      out = std::string(directory_of(out));
      continue;
    }
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

bool is_below_a(std::string_view path, std::string_view name) {
  std::string_view rest = directory_of(path);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    if (rest.substr(0, end) == name) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

}  // namespace toolpost::project_index
