// SPDX-License-Identifier: Apache-2.0
// Only names and versions are taken: neither addresses nor hashes.
#include "ecosystems/languages/javascript_locks.hpp"

#include "ecosystems/indented_text.hpp"
#include "ecosystems/json_text.hpp"
#include "ecosystems/languages/requirement.hpp"

#include <algorithm>
#include <string>

namespace toolpost::project_index {
namespace {

// Version 1: each package may have packages of its own. The depth is bounded by the parser.
void lock_tree(const boost::json::object& packages, Draft& draft) {
  for (const auto& [name, value] : packages) {
    if (!value.is_object()) continue;
    draft.lock(name, quiet_text_at(value.get_object(), "version"));
    const boost::json::value* inner = value.get_object().if_contains("dependencies");
    if (inner != nullptr && inner->is_object()) lock_tree(inner->get_object(), draft);
  }
}

// The part of "@scope/name@^1.0" before the last "@"; the whole when there is none.
std::string_view name_before_version(std::string_view text) {
  const std::size_t at = text.find('@', 1);
  return text.substr(0, at);
}

}  // namespace

void read_package_lock(std::string_view text, Draft& draft) {
  const boost::json::object root = json_object_of(text, draft);
  constexpr std::string_view kBelow = "node_modules/";
  const boost::json::object& packages = object_at(root, "packages", draft);
  for (const auto& [key, value] : packages) {
    const std::string_view path = key;
    const std::size_t below = path.rfind(kBelow);
    if (below == std::string_view::npos || !value.is_object()) continue;  // the workspace's own
    const boost::json::object& package = value.get_object();
    const std::string_view name = path.substr(below + kBelow.size());
    if (package.if_contains("link") != nullptr) {
      draft.ignore_in_lock(name);
    } else {
      draft.lock(name, text_at(package, "version", draft));
    }
  }
  if (packages.empty()) lock_tree(object_at(root, "dependencies", draft), draft);
}

void read_yarn_lock(std::string_view text, Draft& draft) {
  std::string name;
  while (!text.empty()) {
    const std::string_view raw = next_line(text);
    std::string_view line = trimmed(raw);
    if (line.empty() || line.front() == '#') continue;
    if (raw.front() != ' ') {
      if (line.front() == '"') line.remove_prefix(1);
      name = line.ends_with(':') ? name_before_version(line) : std::string_view();
      continue;
    }
    if (!line.starts_with("version") || !raw.starts_with("  ") || raw[2] == ' ') continue;
    line = trimmed(line.substr(7));
    if (line.starts_with(':')) line = trimmed(line.substr(1));
    if (line.starts_with('"')) line = line.substr(1, line.find('"', 1) - 1);
    if (line == "0.0.0-use.local") {
      draft.ignore_in_lock(name);
    } else if (name != "__metadata:") {
      draft.lock(name, line);
    }
  }
}

// Keys below "packages": "/name/1.2.3" (5), "/name@1.2.3(peer@1)" (6), "name@1.2.3" (9).
void read_pnpm_lock(std::string_view text, Draft& draft) {
  const bool is_whole = read_indented(text, [&draft](const auto& path, std::string_view) {
    if (path.size() != 2 || path[0] != "packages") return;
    std::string_view key = path[1];
    key = key.substr(0, key.find('('));
    if (key.starts_with('/')) key.remove_prefix(1);
    std::size_t end = key.find('@', 1);
    if (end == std::string_view::npos) end = key.rfind('/');
    if (end == std::string_view::npos) return;
    draft.lock(key.substr(0, end), key.substr(end + 1, key.find('_', end) - end - 1));
  });
  if (!is_whole) draft.complain("nests deeper than 64");
}

}  // namespace toolpost::project_index
