// SPDX-License-Identifier: Apache-2.0
// The packages of uv.lock with the extras that are asked of them and what asks.
#include "lockfile.hpp"
#include "pep/package_name.hpp"
#include "pep/version.hpp"

#include <map>

namespace toolpost::uv_package {

namespace {

Refusal malformed(const std::string& what) {
  return {"uv.lock: " + what + ", so it can't be judged"};
}

std::string quoted(const std::string& name) {
  return "'" + name + "'";
}

class Graph {
 public:
  Checked<Passed> add(const LockedPackage& package, bool is_local) {
    if (!pep::is_package_name(package.name)) return malformed("a package has no valid name");
    if (!is_local && !pep::Version::parse(package.version)) {
      return malformed("package '" + package.name + "' has no valid version");
    }
    ResolvedPackage out;
    out.name = package.name;
    out.version = package.version;
    out.is_local = is_local;
    if (!is_local && package.source != nullptr) out.source = text_at(*package.source, "registry");
    by_name_[out.name].push_back(set_.packages.size());
    set_.packages.push_back(std::move(out));
    return Passed{};
  }

  // `list` holds {name = …, extra = […]}.
  Checked<Passed> connect(const std::string& from, const toml::node* list) {
    if (list == nullptr) return Passed{};
    if (list->as_array() == nullptr) return malformed("'" + from + "' has no list of dependencies");
    for (const toml::node& node : *list->as_array()) {
      const toml::table* edge = node.as_table();
      const std::string name = edge == nullptr ? "" : pep::normalized_name(text_at(*edge, "name"));
      const auto found = by_name_.find(name);
      if (found == by_name_.end()) {
        return malformed(quoted(from) + " depends on " + quoted(name) + ", which is not in it");
      }
      for (const std::size_t place : found->second) {
        ResolvedPackage& package = set_.packages[place];
        if (name != from) package.needed_by.insert(from);
        for (const std::string& extra : texts_at(*edge, "extra")) {
          package.extras.insert(pep::normalized_name(extra));
        }
      }
    }
    return Passed{};
  }

  // A table of such lists: [package.optional-dependencies], [package.dev-dependencies].
  Checked<Passed> connect_each(const std::string& from, const toml::node* table) {
    if (table == nullptr) return Passed{};
    if (table->as_table() == nullptr) return malformed("'" + from + "' has malformed dependencies");
    for (const auto& [key, list] : *table->as_table()) {
      if (auto connected = connect(from, &list); !connected) return connected;
    }
    return Passed{};
  }

  ResolvedSet take() { return std::move(set_); }

 private:
  ResolvedSet set_;
  std::map<std::string, std::vector<std::size_t>> by_name_;
};

}  // namespace

Checked<ResolvedSet> Lockfile::resolved() const {
  Graph graph;
  const std::vector<LockedPackage> all = entries();
  for (const LockedPackage& package : all) {
    if (auto added = graph.add(package, !local_directory(package).empty()); !added) {
      return added.refusal();
    }
  }
  for (const LockedPackage& package : all) {
    if (auto done = graph.connect(package.name, package.entry->get("dependencies")); !done) {
      return done.refusal();
    }
    for (const std::string_view groups : {"optional-dependencies", "dev-dependencies"}) {
      auto done = graph.connect_each(package.name, package.entry->get(groups));
      if (!done) return done.refusal();
    }
  }
  return graph.take();
}

}  // namespace toolpost::uv_package
