// SPDX-License-Identifier: Apache-2.0
#include "documents/discovery.hpp"

#include "documents/index_documents.hpp"
#include "ecosystems/project_facts.hpp"
#include "files/list_files.hpp"
#include "files/secret_files.hpp"
#include "projects/snapshot_files.hpp"

#include <toolpost/error.hpp>

#include <map>
#include <utility>
#include <vector>

namespace toolpost::project_index {

namespace {

// A directory, with all that was recognised in it.
using ByDirectory = std::map<std::string, std::vector<const Project*>>;

ByDirectory by_directory(const ProjectFacts& facts) {
  ByDirectory out;
  for (const Project& project : facts.projects) out[project.directory].push_back(&project);
  return out;
}

sdk::Json project_json(const std::string& absolute, const std::string& directory,
                       const std::vector<const Project*>& projects) {
  auto out = sdk::Json::object(
      {{"project", absolute}, {"directory", directory.empty() ? "." : directory}});
  sdk::Json ecosystems = sdk::Json::array();
  sdk::Json manifests = sdk::Json::array();
  for (const Project* project : projects) {
    ecosystems.push_back(project->ecosystem);
    for (const std::string& path : project->manifests) manifests.push_back(path);
    const auto set_once = [&out](const char* key, const std::string& text) {
      if (!text.empty() && out.find(key) == nullptr) out.set(key, without_secrets(text));
    };
    set_once("name", project->name);
    set_once("version", project->version);
    set_once("description", project->description);
  }
  out.set("ecosystems", std::move(ecosystems));
  out.set("manifests", std::move(manifests));
  return out;
}

}  // namespace

sdk::Json discovery_document(const Settings& settings, const Discovery& wanted,
                             const StopToken& stop) {
  const auto root = RootDirectory::open(wanted.directory);
  if (!root) throw sdk::Error(sdk::Status::kState, root.refusal().text);
  WalkRules rules = settings.rules;
  rules.max_depth = wanted.max_depth + 1;  // a manifest is one deeper than its project
  const auto list = list_files(*root, rules, stop, settings.threads);
  if (stop.is_stopped()) throw sdk::Error(sdk::Status::kCancelled, "the call was ended");
  if (!list) throw sdk::Error(sdk::Status::kState, list.refusal().text);
  const ProjectFacts facts = facts_of(ListedFiles(*list, *root), stop);
  if (stop.is_stopped()) throw sdk::Error(sdk::Status::kCancelled, "the call was ended");
  auto out = sdk::Json::object({{"workspace", wanted.directory}});
  if (!list->stopped_by.empty()) out.set("partial", "the walk is not whole: " + list->stopped_by);
  BoundedList projects(wanted.page, settings.max_result_bytes);
  for (const auto& [directory, members] : by_directory(facts)) {
    if (projects.is_full()) break;
    const std::string absolute =
        directory.empty() ? wanted.directory : wanted.directory + "/" + directory;
    if (!wanted.may_use(absolute)) continue;
    projects.add(project_json(absolute, directory, members));
  }
  std::move(projects).finish(out, "projects");
  out.set("left_out", left_out(list->counts));
  return out;
}

}  // namespace toolpost::project_index
