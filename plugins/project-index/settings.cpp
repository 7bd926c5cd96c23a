// SPDX-License-Identifier: Apache-2.0
#include "settings.hpp"

#include "files/secret_files.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>

namespace toolpost::project_index {

namespace {

namespace fs = std::filesystem;

Refusal about(std::string_view key, std::string_view what) {
  return {"configuration key '" + std::string(key) + "' " + std::string(what)};
}

std::vector<std::string> texts(const sdk::Json& config, std::string_view key) {
  std::vector<std::string> out;
  if (const sdk::Json* list = config.find(key); list != nullptr && !list->is_null()) {
    for (const sdk::Json& item : list->as_array()) out.push_back(item.as_string());
  }
  return out;
}

Checked<std::string> resolved_directory(std::string_view key, const std::string& path) {
  if (path.empty() || path.front() != '/') {
    return about(key, "must be an absolute path, not '" + path + "'");
  }
  std::error_code error;
  const fs::path resolved = fs::canonical(path, error);
  if (error) return about(key, path + ": " + error.message());
  if (!fs::is_directory(resolved, error)) return about(key, path + " is not a directory");
  return resolved.string();
}

Checked<Passed> read_roots(const sdk::Json& config, const std::string& working_directory,
                           Settings& out) {
  const std::string named = config.value_or("project_root", "");
  auto project = resolved_directory("project_root", named.empty() ? working_directory : named);
  if (!project) return project.refusal();
  out.project_root = *project;
  const std::string workspace = config.value_or("workspace_root", "");
  auto bound = resolved_directory("workspace_root", workspace.empty() ? *project : workspace);
  if (!bound) return bound.refusal();
  out.workspace_root = *bound;
  out.roots = {*project};
  std::vector<std::string> others = {*bound};
  for (const std::string& root : texts(config, "roots")) {
    const auto resolved = resolved_directory("roots", root);
    if (!resolved) return resolved.refusal();
    others.push_back(*resolved);
  }
  for (const std::string& root : others) {
    const bool is_known = std::find(out.roots.begin(), out.roots.end(), root) != out.roots.end();
    if (!is_known) out.roots.push_back(root);
  }
  return Passed{};
}

WalkRules read_rules(const sdk::Json& config) {
  WalkRules rules;
  rules.max_files =
      static_cast<std::uint32_t>(config.value_or("max_files", std::int64_t{rules.max_files}));
  rules.max_bytes = static_cast<std::uint64_t>(
      config.value_or("max_bytes", static_cast<std::int64_t>(rules.max_bytes)));
  rules.max_depth =
      static_cast<unsigned>(config.value_or("max_depth", std::int64_t{rules.max_depth}));
  rules.max_file_bytes = static_cast<std::uint64_t>(
      config.value_or("max_file_bytes", static_cast<std::int64_t>(rules.max_file_bytes)));
  rules.max_time = std::chrono::seconds(config.value_or("max_walk_s", 60));
  rules.allow_secret = texts(config, "allow_secret");
  rules.use_git_excludes = config.value_or("use_git_excludes", true);
  return rules;
}

}  // namespace

Checked<Settings> read_settings(const sdk::Json& config, const std::string& working_directory) {
  Settings out;
  if (auto roots = read_roots(config, working_directory, out); !roots) return roots.refusal();
  out.ctags = config.value_or("ctags", "");
  if (!out.ctags.empty() && out.ctags.front() != '/') {
    return about("ctags", "must be an absolute path, not '" + out.ctags + "'");
  }
  out.rules = read_rules(config);
  if (const auto allowed = SecretFiles::make(out.rules.allow_secret); !allowed) {
    return about("allow_secret", allowed.refusal().text);
  }
  out.watches = config.value_or("watch", true);
  out.threads = static_cast<unsigned>(config.value_or("threads", 2));
  out.max_open_projects = static_cast<std::size_t>(config.value_or("max_open_projects", 8));
  out.max_result_bytes = static_cast<std::size_t>(
      config.value_or("max_result_bytes", static_cast<std::int64_t>(out.max_result_bytes)));
  out.timeout = std::chrono::seconds(config.value_or("timeout_s", out.timeout.count()));
  return out;
}

}  // namespace toolpost::project_index
