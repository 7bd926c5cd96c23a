// SPDX-License-Identifier: Apache-2.0
#include "documents/facts_documents.hpp"

#include "files/secret_files.hpp"

#include <string>
#include <utility>

namespace toolpost::project_index {

namespace {

constexpr std::size_t kMaxProblemsTold = 50;

// What a manifest says is anybody's text: a URL in it may have a password.
void set_text(sdk::Json& out, const char* key, const std::string& text) {
  if (!text.empty()) out.set(key, without_secrets(text));
}

sdk::Json noted_json(const NotedFile& file) {
  auto out = sdk::Json::object({{"path", file.path}});
  set_text(out, "ecosystem", file.ecosystem);
  return out;
}

sdk::Json dependency_json(const Project& project, const Dependency& dependency) {
  auto out = sdk::Json::object({{"name", dependency.name}, {"ecosystem", project.ecosystem}});
  set_text(out, "declared", dependency.declared);
  set_text(out, "locked", dependency.locked);
  set_text(out, "group", dependency.group);
  out.set("is_direct", dependency.is_direct);
  set_text(out, "source", dependency.source);
  if (!project.directory.empty()) out.set("directory", project.directory);
  return out;
}

sdk::Json entry_point_json(const Project& project, const EntryPoint& entry) {
  auto out = sdk::Json::object({{"name", entry.name}, {"kind", entry.kind}});
  set_text(out, "target", entry.target);
  set_text(out, "path", entry.path);
  set_text(out, "source", entry.source);
  set_text(out, "ecosystem", project.ecosystem);
  return out;
}

void add_problems(sdk::Json& document, const ProjectFacts& facts) {
  if (facts.is_partial) document.set("is_partial", true);
  if (facts.problems.empty()) return;
  sdk::Json problems = sdk::Json::array();
  for (const FactProblem& problem : facts.problems) {
    if (problems.as_array().size() == kMaxProblemsTold) break;
    problems.push_back(
        sdk::Json::object({{"path", problem.path}, {"problem", without_secrets(problem.text)}}));
  }
  document.set("problems", std::move(problems));
}

}  // namespace

sdk::Json config_document(const View& view, Page page) {
  const auto facts = view.facts();
  sdk::Json out = document_of(view);
  BoundedList files(page, view.settings().max_result_bytes);
  for (const std::string& path : facts->config) files.add(sdk::Json::object({{"path", path}}));
  std::move(files).finish(out, "config");
  sdk::Json manifests = sdk::Json::array();
  for (const Project& project : facts->projects) {
    for (const auto* list : {&project.manifests, &project.locks}) {
      for (const std::string& path : *list) {
        if (manifests.as_array().size() == page.limit) break;
        manifests.push_back(sdk::Json::object({{"path", path},
                                               {"ecosystem", project.ecosystem},
                                               {"is_lock", list == &project.locks}}));
      }
    }
  }
  out.set("manifests", std::move(manifests));
  add_problems(out, *facts);
  return out;
}

sdk::Json dependencies_document(const View& view, Page page) {
  const auto facts = view.facts();
  sdk::Json out = document_of(view);
  BoundedList list(page, view.settings().max_result_bytes);
  std::uint64_t count = 0;
  for (const Project& project : facts->projects) {
    count += project.dependencies.size();
    for (const Dependency& dependency : project.dependencies) {
      if (list.is_full()) break;
      list.add(list.wants_next() ? dependency_json(project, dependency) : sdk::Json());
    }
  }
  out.set("dependency_count", count);
  std::move(list).finish(out, "dependencies");
  add_problems(out, *facts);
  return out;
}

sdk::Json entrypoints_document(const View& view, Page page) {
  const auto facts = view.facts();
  sdk::Json out = document_of(view);
  BoundedList list(page, view.settings().max_result_bytes);
  for (const Project& project : facts->projects) {
    for (const EntryPoint& entry : project.entry_points) {
      list.add(entry_point_json(project, entry));
    }
  }
  for (const NotedFile& file : facts->entry_files) {
    sdk::Json one = noted_json(file);
    one.set("kind", "main");
    list.add(std::move(one));
  }
  std::move(list).finish(out, "entry_points");
  add_problems(out, *facts);
  return out;
}

sdk::Json tests_document(const View& view, Page page) {
  const auto facts = view.facts();
  sdk::Json out = document_of(view);
  BoundedList list(page, view.settings().max_result_bytes);
  for (const NotedFile& file : facts->tests) list.add(noted_json(file));
  out.set("test_count", facts->tests.size());
  std::move(list).finish(out, "tests");
  return out;
}

}  // namespace toolpost::project_index
