// SPDX-License-Identifier: Apache-2.0
#include "workspace.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

namespace toolpost::uv_package {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxDirectoriesLookedAt = 10000;

Checked<std::vector<std::string>> split_pattern(const std::string& pattern) {
  const std::string where = "pyproject.toml [tool.uv.workspace]: '" + pattern + "' ";
  if (pattern.empty() || pattern.front() == '/') return Refusal{where + "is not a relative path"};
  if (pattern.find_first_of("[]{}!\\") != std::string::npos) {
    return Refusal{where + "uses a pattern that is not supported; use '*' and '?'"};
  }
  std::vector<std::string> parts;
  for (const fs::path& part : fs::path(pattern)) {
    if (part.empty() || part == ".") continue;
    if (part == "..") return Refusal{where + "leads out of the workspace"};
    if (part.string().find("**") != std::string::npos) {
      return Refusal{where + "uses '**', which is not supported; name the levels with '*'"};
    }
    parts.push_back(part.string());
  }
  return parts;
}

// Directories below `start` that match `parts`, one directory level a part.
std::vector<fs::path> expand(const fs::path& start, const std::vector<std::string>& parts) {
  std::vector<fs::path> level = {start};
  std::size_t looked_at = 0;
  for (const std::string& part : parts) {
    std::vector<fs::path> next;
    for (const fs::path& directory : level) {
      std::error_code error;
      for (fs::directory_iterator it(directory, error), end; !error && it != end;
           it.increment(error)) {
        if (++looked_at > kMaxDirectoriesLookedAt) return next;
        std::error_code ignored;
        if (matches_pattern(it->path().filename().string(), part) && it->is_directory(ignored)) {
          next.push_back(it->path());
        }
      }
    }
    level = std::move(next);
  }
  return level;
}

Checked<std::set<std::string>> expand_all(const std::string& directory,
                                          const std::vector<std::string>& patterns) {
  std::set<std::string> out;
  for (const std::string& pattern : patterns) {
    const auto parts = split_pattern(pattern);
    if (!parts) return parts.refusal();
    for (const fs::path& found : expand(directory, *parts)) out.insert(found.string());
  }
  return out;
}

}  // namespace

bool matches_pattern(std::string_view text, std::string_view pattern) noexcept {
  std::size_t t = 0;
  std::size_t p = 0;
  std::optional<std::size_t> star;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star) {
      p = *star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Checked<std::vector<std::string>> workspace_members(const std::string& directory,
                                                    const toml::table& workspace) {
  const auto included = expand_all(directory, texts_at(workspace, "members"));
  if (!included) return included.refusal();
  const auto excluded = expand_all(directory, texts_at(workspace, "exclude"));
  if (!excluded) return excluded.refusal();
  std::vector<std::string> out;
  for (const std::string& member : *included) {
    std::error_code error;
    if (excluded->count(member) != 0) continue;
    if (!fs::exists(fs::path(member) / "pyproject.toml", error)) continue;
    if (out.size() >= kMaxWorkspaceMembers) return Refusal{"the workspace has too many members"};
    out.push_back(member);
  }
  return out;
}

}  // namespace toolpost::uv_package
