// SPDX-License-Identifier: Apache-2.0
#include "editable_sources.hpp"

#include "confined_path.hpp"
#include "file_url.hpp"
#include "pep/package_name.hpp"
#include "project_check.hpp"
#include "toml_file.hpp"

#include <filesystem>

namespace toolpost::uv_package {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEditable = "-e ";

}  // namespace

Checked<EditableSources> EditableSources::find(const Settings& settings, const Project& project,
                                               const std::vector<std::string>& texts,
                                               const ProjectRules& rules) {
  if (!settings.build_project) {
    return Refusal{
        "editable: build_project is false in the configuration, and an editable "
        "installation builds the project"};
  }
  std::vector<std::string> roots = {project.path};
  roots.insert(roots.end(), settings.roots.begin(), settings.roots.end());
  EditableSources out;
  for (const std::string& text : texts) {
    const std::string item = "packages[" + std::to_string(out.asked_for_.size()) + "]";
    if (text.empty() || text.front() == '-') {
      return within(item, {"is not the path of a project (editable takes directories)"});
    }
    const auto directory = directory_below_any(roots, text);
    if (!directory) return within(item, directory.refusal());
    if (!exists_without_following(directory->path + "/pyproject.toml")) {
      return Refusal{item + ": " + directory->path +
                     " has no pyproject.toml; editable takes directories of local projects, "
                     "packages of an index are installed without it"};
    }
    if (auto added = out.add(directory->path, rules); !added) return within(item, added.refusal());
  }
  return out;
}

Checked<Passed> EditableSources::add(const std::string& directory, const ProjectRules& rules) {
  const auto checked = check_project(directory, rules);
  if (!checked) return checked.refusal();
  asked_for_.push_back(directory);
  for (const std::string& path : *checked) {
    const auto document = read_toml(path + "/pyproject.toml", kMaxProjectFile);
    if (!document) return document.refusal();
    directories_.insert(path);
    if (!document->has_value()) continue;
    const auto name = (**document)["project"]["name"].value<std::string>();
    if (name) names_.insert(pep::normalized_name(*name));
  }
  return Passed{};
}

std::vector<std::string> EditableSources::requirements() const {
  std::vector<std::string> out;
  for (const std::string& directory : asked_for_) {
    out.push_back(std::string(kEditable) + file_url(directory));
  }
  return out;
}

// uv writes a source as its project does, so relative to one of the projects.
Checked<std::string> EditableSources::directory_named(const std::string& named) const {
  const std::string path = path_of_file_url(named).value_or(named);
  std::set<std::string> found;
  for (const std::string& base : directories_) {
    std::error_code error;
    const fs::path resolved = fs::canonical(fs::path(base) / path, error);
    if (!error && directories_.count(resolved.string()) != 0) found.insert(resolved.string());
  }
  if (found.size() == 1) return *found.begin();
  return Refusal{"a project leads to the directory '" + named +
                 "', and it is not clear which one that is; install it by itself first"};
}

Checked<std::vector<LocalProject>> EditableSources::projects_in(const ResolvedSet& set) const {
  std::vector<LocalProject> out;
  for (const ResolvedPackage& package : set.packages) {
    if (!package.is_local) continue;
    LocalProject project;
    project.is_editable = package.name.compare(0, kEditable.size(), kEditable) == 0;
    const auto directory =
        directory_named(project.is_editable ? package.name.substr(kEditable.size()) : package.name);
    if (!directory) return directory.refusal();
    project.directory = *directory;
    out.push_back(std::move(project));
  }
  return out;
}

}  // namespace toolpost::uv_package
