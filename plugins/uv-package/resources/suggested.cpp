// SPDX-License-Identifier: Apache-2.0
#include "resources/suggested.hpp"

#include "confined_path.hpp"
#include "gate.hpp"
#include "installed.hpp"
#include "lockfile.hpp"
#include "pep/package_name.hpp"
#include "resources/document_reading.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace toolpost::uv_package {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxDirectoriesLookedAt = 2000;
constexpr std::size_t kMaxSuggested = 100;

// Names as the tools take them: relative below the first root, absolute below another one.
std::vector<std::string> projects_below(const std::string& root, bool is_first) {
  std::vector<std::string> out;
  std::size_t looked_at = 0;
  std::error_code error;
  for (fs::directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
    if (++looked_at > kMaxDirectoriesLookedAt) break;
    if (!exists_without_following(it->path().string() + "/pyproject.toml")) continue;
    out.push_back(is_first ? it->path().filename().string() : it->path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

void add_names(const PackageSet& packages, std::set<std::string>& out) {
  for (const auto& [name, versions] : packages) {
    if (pep::is_package_name(name)) out.insert(name);
  }
}

}  // namespace

sdk::Suggestions suggested_projects(const Settings& settings, const sdk::Typed& typed) {
  std::vector<std::string> all;
  for (const std::string& root : settings.roots) {
    const auto found = projects_below(root, &root == &settings.roots.front());
    all.insert(all.end(), found.begin(), found.end());
  }
  const Gate gate(typed.call);
  sdk::Suggestions out;
  const sdk::Suggestions matching = sdk::Suggestions::matching(all, typed.value);
  for (const std::string& name : matching.values()) {
    const auto project = find_project(settings, name);
    if (!project || !gate.judge_project(project->path)) continue;
    if (out.values().size() == kMaxSuggested) {
      out.has_more();
      break;
    }
    out.add(name);
  }
  return out;
}

sdk::Suggestions suggested_packages(const Settings& settings, const sdk::Typed& typed) {
  const std::string named = typed.others.value_or("project", std::string_view());
  const Project project = project_for(settings, typed.call, named);
  std::set<std::string> names;
  // A file that can't be read has nothing to suggest; who reads the resource is told why.
  if (const auto lockfile = Lockfile::read(project.path)) add_names(lockfile->packages(), names);
  if (check_environment(settings, project)) {
    add_names(read_installed(project.environment).packages, names);
  }
  return sdk::Suggestions::matching({names.begin(), names.end()}, typed.value);
}

}  // namespace toolpost::uv_package
