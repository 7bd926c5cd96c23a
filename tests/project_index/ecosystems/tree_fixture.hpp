// SPDX-License-Identifier: Apache-2.0
// A tree in memory, and its facts as lines that a table can hold.
#pragma once

#include "ecosystems/project_facts.hpp"
#include "files/stop_token.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace toolpost::project_index::test {

using Lines = std::vector<std::string>;

class MemoryFiles final : public FileSet {
 public:
  explicit MemoryFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {
    for (const auto& [path, content] : files_) paths_.push_back(path);
  }

  std::size_t file_count() const override { return paths_.size(); }

  std::string_view path(std::size_t index) const override { return paths_.at(index); }

  Checked<std::string> read(std::string_view path, std::size_t limit) const override {
    const auto found = files_.find(std::string(path));
    if (found == files_.end()) return Refusal{"no such file"};
    if (found->second.size() > limit) {
      return Refusal{"is larger than " + std::to_string(limit) + " bytes"};
    }
    return found->second;
  }

 private:
  std::map<std::string, std::string> files_;
  Lines paths_;
};

inline ProjectFacts facts_in(std::map<std::string, std::string> files) {
  return facts_of(MemoryFiles(std::move(files)), StopToken());
}

// "name >=1 = 1.2 [dev]": declared, locked, group; "+name = 1.2" is known to the lock only.
inline Lines lines_of(const std::vector<Dependency>& dependencies) {
  Lines lines;
  for (const Dependency& one : dependencies) {
    lines.push_back((one.is_direct ? "" : "+") + one.name +
                    (one.declared.empty() ? "" : " " + one.declared) +
                    (one.locked.empty() ? "" : " = " + one.locked) +
                    (one.group.empty() ? "" : " [" + one.group + "]"));
  }
  return lines;
}

// "kind name: target (path)"
inline Lines lines_of(const std::vector<EntryPoint>& entries) {
  Lines lines;
  for (const EntryPoint& one : entries) {
    lines.push_back(one.kind + " " + one.name + ": " + one.target +
                    (one.path.empty() ? "" : " (" + one.path + ")"));
  }
  return lines;
}

inline Lines lines_of(const std::vector<NotedFile>& files) {
  Lines lines;
  for (const NotedFile& one : files) lines.push_back(one.ecosystem + " " + one.path);
  return lines;
}

inline Lines lines_of(const std::vector<FactProblem>& problems) {
  Lines lines;
  for (const FactProblem& one : problems) lines.push_back(one.path + ": " + one.text);
  return lines;
}

// The one project of a tree, whose manifests have no problem.
inline Project only_project(std::map<std::string, std::string> files) {
  ProjectFacts facts = facts_in(std::move(files));
  CHECK(lines_of(facts.problems) == Lines{});
  REQUIRE(facts.projects.size() == 1);
  return std::move(facts.projects.front());
}

}  // namespace toolpost::project_index::test

namespace doctest {

template <>
struct StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out += "\n    " + line;
    return out.c_str();
  }
};

}  // namespace doctest
