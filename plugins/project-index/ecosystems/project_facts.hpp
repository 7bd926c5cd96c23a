// SPDX-License-Identifier: Apache-2.0
// What manifests, lock files and names tell about a tree: projects with their dependencies and
// entry points, tests, documentation and configuration. Nothing is run to find it.
#pragma once

#include "ecosystems/file_set.hpp"

#include <string>
#include <vector>

namespace toolpost::project_index {

class StopToken;

struct Dependency {
  std::string name;
  std::string declared;  // the requirement as written, e.g. ">=2,<3"; empty = any, or only locked
  std::string locked;    // the version of the lock file; empty = not locked
  std::string group;   // empty = needed to run; else "dev", "build", "test", "optional" or its own
  std::string source;  // the file that says so: the manifest, or the lock for what is only locked
  bool is_direct = true;  // false = only the lock file knows it

  friend bool operator==(const Dependency&, const Dependency&) = default;
};

struct EntryPoint {
  std::string name;    // "serve"
  std::string kind;    // "command", "script", "module", "binary", "library", "example", "main"
  std::string target;  // as declared: "app.cli:main", "vite build", "src/main.rs"
  std::string path;    // the file it begins in, when there is one in the tree
  std::string source;  // the manifest, or the file itself when its name says it

  friend bool operator==(const EntryPoint&, const EntryPoint&) = default;
};

// A directory with a manifest of one ecosystem. A directory may hold several.
struct Project {
  std::string directory;  // relative; empty = the root
  std::string ecosystem;  // "python", "javascript", "rust", "go", "java", "cpp", "ruby", ...
  std::string name;
  std::string version;
  std::string description;
  std::vector<std::string> manifests;
  std::vector<std::string> locks;
  std::vector<Dependency> dependencies;  // by name, then group; a locked version for each that has
  std::vector<EntryPoint> entry_points;
};

struct NotedFile {
  std::string path;
  std::string ecosystem;  // empty where it belongs to none, e.g. docs

  friend bool operator==(const NotedFile&, const NotedFile&) = default;
};

// A file that could not be understood: never fatal, the rest is told.
struct FactProblem {
  std::string path;
  std::string text;

  friend bool operator==(const FactProblem&, const FactProblem&) = default;
};

// Everything sorted, so that two runs over the same tree say the same.
struct ProjectFacts {
  std::vector<Project> projects;  // by directory, then ecosystem
  std::vector<NotedFile> tests;
  std::vector<NotedFile> entry_files;  // main.py, src/main.rs, Program.cs: by their names
  std::vector<std::string> docs;
  std::vector<std::string> config;
  std::string readme;  // the one of the root, or else the topmost; empty = none
  std::vector<FactProblem> problems;
  bool is_partial = false;  // stopped, or a limit was reached; a problem says which
};

// Any thread. Reads manifests and locks only, each up to 1 MiB (locks up to 16 MiB).
ProjectFacts facts_of(const FileSet& files, const StopToken& stop);

}  // namespace toolpost::project_index
