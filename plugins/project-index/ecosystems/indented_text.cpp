// SPDX-License-Identifier: Apache-2.0
// No anchors, no flow maps, no block texts: none of them can make this expand anything.
#include "ecosystems/indented_text.hpp"

#include <algorithm>

namespace toolpost::project_index {
namespace {

constexpr std::size_t kMaxDepth = 64;

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t\r") + 1);
}

std::string_view unquoted(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
      text.back() == text.front()) {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

// Where the key ends: the colon that a blank or the end of the line follows, not within quotes.
std::size_t colon_in(std::string_view line) {
  std::size_t at = 0;
  if (!line.empty() && (line.front() == '"' || line.front() == '\'')) {
    at = line.find(line.front(), 1);
    if (at == std::string_view::npos) return at;
  }
  while ((at = line.find(':', at)) != std::string_view::npos) {
    if (at + 1 == line.size() || line[at + 1] == ' ') return at;
    ++at;
  }
  return at;
}

std::string_view without_comment(std::string_view value) {
  if (!value.empty() && (value.front() == '"' || value.front() == '\'')) return value;
  return trimmed(value.substr(0, value.find(" #")));
}

}  // namespace

bool read_indented(std::string_view text, const OnIndented& on_line) {
  std::vector<std::size_t> indents;
  std::vector<std::string> path;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view raw = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view line = trimmed(raw);
    if (line.empty() || line.front() == '#' || line == "---") continue;
    const std::size_t indent = raw.find_first_not_of(' ');
    while (!indents.empty() && indents.back() >= indent) {
      indents.pop_back();
      path.pop_back();
    }
    if (line.starts_with("- ")) {
      path.emplace_back("-");
      on_line(path, unquoted(without_comment(trimmed(line.substr(2)))));
      path.pop_back();
      continue;
    }
    const std::size_t colon = colon_in(line);
    if (colon == std::string_view::npos) continue;
    if (path.size() >= kMaxDepth) return false;
    path.emplace_back(unquoted(line.substr(0, colon)));
    indents.push_back(indent);
    on_line(path, unquoted(without_comment(trimmed(line.substr(colon + 1)))));
  }
  return true;
}

}  // namespace toolpost::project_index
