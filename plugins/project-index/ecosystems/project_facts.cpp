// SPDX-License-Identifier: Apache-2.0
// One pass over the names, then one over the manifests.
#include "ecosystems/project_facts.hpp"

#include "ecosystems/ecosystem.hpp"
#include "ecosystems/name_pattern.hpp"
#include "ecosystems/noted_names.hpp"
#include "files/stop_token.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace toolpost::project_index {
namespace {

constexpr std::size_t kMaxProjects = 2'000;
constexpr std::size_t kAskStop = 1024;  // files between two questions

// In the order of their files, so that the first manifest of a table names the project.
struct Found {
  const Ecosystem* ecosystem = nullptr;
  std::vector<std::pair<std::size_t, std::string>> files;  // index in the table, path
};

using FoundProjects = std::map<std::pair<std::string, std::string_view>, Found>;

class Survey {
 public:
  Survey(const FileSet& files, const StopToken& stop) : files_(files), stop_(stop), tree_(files) {}

  ProjectFacts take() {
    look_at_names();
    read_projects();
    note_top_entries();
    std::sort(facts_.entry_files.begin(), facts_.entry_files.end(), is_before);
    return std::move(facts_);
  }

 private:
  static bool is_before(const NotedFile& left, const NotedFile& right) {
    return std::tie(left.path, left.ecosystem) < std::tie(right.path, right.ecosystem);
  }

  bool is_stopped() {
    if (!stop_.is_stopped()) return false;
    if (!facts_.is_partial) facts_.problems.push_back({"", "stopped before the end"});
    facts_.is_partial = true;
    return true;
  }

  void look_at_names() {
    const std::size_t count = files_.file_count();
    for (std::size_t index = 0; index < count; ++index) {
      if (index % kAskStop == 0 && is_stopped()) return;
      const std::string_view path = files_.path(index);
      if (is_installed(path)) continue;
      note(path);
      for (const Ecosystem* ecosystem : all_ecosystems()) find_manifest(*ecosystem, path);
    }
  }

  void note(std::string_view path) {
    if (is_doc(path)) facts_.docs.emplace_back(path);
    if (is_config(path)) facts_.config.emplace_back(path);
    if (is_readme(path)) prefer_readme(path);
    for (const Ecosystem* ecosystem : all_ecosystems()) {
      if (is_test_of(*ecosystem, path))
        facts_.tests.push_back({std::string(path), std::string(ecosystem->id)});
      if (is_entry_of(*ecosystem, path)) {
        facts_.entry_files.push_back({std::string(path), std::string(ecosystem->id)});
      }
    }
  }

  // The topmost; of several the first by name.
  void prefer_readme(std::string_view path) {
    const auto depth = [](std::string_view one) { return std::count(one.begin(), one.end(), '/'); };
    if (facts_.readme.empty() || depth(path) < depth(facts_.readme)) facts_.readme = path;
  }

  void find_manifest(const Ecosystem& ecosystem, std::string_view path) {
    const std::string_view name = name_in(path);
    for (std::size_t index = 0; index < ecosystem.files.size(); ++index) {
      if (!fits_pattern(ecosystem.files[index].pattern, name)) continue;
      const std::pair<std::string, std::string_view> key(directory_of(path), ecosystem.id);
      if (found_.size() >= kMaxProjects && found_.count(key) == 0) return complain_of_projects();
      Found& found = found_[key];
      found.ecosystem = &ecosystem;
      found.files.emplace_back(index, path);
      return;
    }
  }

  void complain_of_projects() {
    if (std::exchange(has_too_many_projects_, true)) return;
    facts_.is_partial = true;
    facts_.problems.push_back(
        {"", "more than " + std::to_string(kMaxProjects) + " projects: the rest is left out"});
  }

  void read_projects() {
    for (auto& [key, found] : found_) {
      if (is_stopped()) break;
      std::sort(found.files.begin(), found.files.end());
      const std::size_t problems = facts_.problems.size();
      projects_.push_back({key.first, std::string(key.second), {}, {}, {}, {}, {}, {}, {}});
      drafts_.emplace_back(projects_.back(), found.ecosystem->normal, tree_, facts_.problems);
      places_[{key.first, std::string(key.second)}] = projects_.size() - 1;
      read_files(found, projects_.size() - 1);
      const std::size_t above = nearest_above(projects_.back(), is_any);
      if (!found.ecosystem->has_parts || !projects_.back().name.empty() || above == kNone) continue;
      facts_.problems.resize(problems);
      places_.erase({key.first, std::string(key.second)});
      drafts_.pop_back();
      projects_.pop_back();
      read_files(found, above);
    }
    for (std::size_t index = 0; index < projects_.size(); ++index) {
      drafts_[index].finish(lock_above(projects_[index]));
    }
    for (Project& project : projects_) {
      // A lock alone is no project; its versions have been given to those below.
      if (!project.manifests.empty()) facts_.projects.push_back(std::move(project));
    }
  }

  void read_files(const Found& found, std::size_t place) {
    for (const auto& [index, path] : found.files) {
      read_file(found.ecosystem->files[index], path, projects_[place], drafts_[place]);
    }
  }

  void read_file(const FactFile& file, const std::string& path, Project& project, Draft& draft) {
    (file.is_lock ? project.locks : project.manifests).push_back(path);
    if (file.read == nullptr || is_stopped()) return;
    draft.begin(path);
    const auto text = files_.read(path, file.is_lock ? Tree::kMaxLock : Tree::kMaxManifest);
    if (text) {
      file.read(*text, draft);
    } else {
      draft.complain(text.refusal().text);
    }
  }

  static bool is_any(const Project&) { return true; }

  static bool has_lock(const Project& project) { return !project.locks.empty(); }

  // Of the same ecosystem, in the nearest directory above; kNone when there is none.
  template <class Condition>
  std::size_t nearest_above(const Project& project, const Condition& condition) const {
    std::string_view directory = project.directory;
    while (!directory.empty()) {
      directory = directory_of(directory);
      const auto place = places_.find({std::string(directory), project.ecosystem});
      if (place != places_.end() && condition(projects_[place->second])) return place->second;
    }
    return kNone;
  }

  // Members of a workspace are locked in a directory above theirs.
  const Draft::Locked* lock_above(const Project& project) const {
    if (!project.locks.empty()) return nullptr;
    const std::size_t above = nearest_above(project, has_lock);
    return above == kNone ? nullptr : &drafts_[above].locked();
  }

  void note_top_entries() {
    for (const Project& project : facts_.projects) {
      const auto ecosystems = all_ecosystems();
      const auto* const ecosystem =
          *std::find_if(ecosystems.begin(), ecosystems.end(),
                        [&project](const Ecosystem* one) { return one->id == project.ecosystem; });
      for (const std::string_view name : ecosystem->top_entry_names) {
        for (const char* directory : {"", "src"}) {
          const std::string path = joined(joined(project.directory, directory), name);
          if (tree_.has(path)) facts_.entry_files.push_back({path, project.ecosystem});
        }
      }
    }
  }

  static constexpr std::size_t kNone = SIZE_MAX;

  const FileSet& files_;
  const StopToken& stop_;
  const Tree tree_;
  ProjectFacts facts_;
  FoundProjects found_;
  std::deque<Project> projects_;  // drafts refer to them
  std::deque<Draft> drafts_;
  std::map<std::pair<std::string, std::string>, std::size_t> places_;  // in projects_
  bool has_too_many_projects_ = false;
};

}  // namespace

ProjectFacts facts_of(const FileSet& files, const StopToken& stop) {
  return Survey(files, stop).take();
}

}  // namespace toolpost::project_index
