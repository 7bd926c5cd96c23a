// SPDX-License-Identifier: Apache-2.0
#include "lockfile.hpp"
#include "output.hpp"
#include "resources/documents.hpp"

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace toolpost::uv_package {

namespace {

// Two containers a level, and readers of JSON have their limits.
constexpr std::size_t kMaxDepth = 28;

class Tree {
 public:
  explicit Tree(const ResolvedSet& set) : set_(set) {
    for (std::size_t at = 0; at < set_.packages.size(); ++at) {
      for (const std::string& from : set_.packages[at].needed_by) needs_[from].push_back(at);
    }
  }

  sdk::Json roots() {
    sdk::Json out = sdk::Json::array();
    for (std::size_t at = 0; at < set_.packages.size(); ++at) {
      if (set_.packages[at].needed_by.empty()) add(at, 1, out);
    }
    // Packages that need each other, and nothing outside that circle needs them.
    for (std::size_t at = 0; at < set_.packages.size(); ++at) {
      if (seen_.count(at) == 0) add(at, 1, out);
    }
    return out;
  }

  // Packages that stand nowhere in it.
  std::size_t left_out() const noexcept { return set_.packages.size() - shown_.size(); }

 private:
  void add(std::size_t place, std::size_t depth, sdk::Json& siblings) {
    if (nodes_ == kMaxListedPackages) return;
    ++nodes_;
    shown_.insert(place);
    const ResolvedPackage& package = set_.packages[place];
    sdk::Json node = sdk::Json::object({{"name", package.name}});
    if (!package.version.empty()) node.set("version", cleaned_line(package.version));
    if (package.is_local) node.set("local", true);
    const auto needed = needs_.find(package.name);
    if (needed == needs_.end()) {
      seen_.insert(place);
    } else if (depth == kMaxDepth) {
      node.set("cut", true);
    } else if (!seen_.insert(place).second) {
      node.set("repeated", true);
    } else {
      sdk::Json below = sdk::Json::array();
      for (const std::size_t next : needed->second) add(next, depth + 1, below);
      node.set("dependencies", std::move(below));
    }
    siblings.push_back(std::move(node));
  }

  const ResolvedSet& set_;
  std::map<std::string, std::vector<std::size_t>> needs_;
  std::set<std::size_t> shown_;
  std::set<std::size_t> seen_;  // with what they need
  std::size_t nodes_ = 0;
};

}  // namespace

Checked<sdk::Json> tree_document(const Settings&, const Project& project) {
  const auto lockfile = Lockfile::read(project.path);
  if (!lockfile) return lockfile.refusal();
  const auto set = lockfile->resolved();
  if (!set) return set.refusal();
  Tree tree(*set);
  sdk::Json out = sdk::Json::object(
      {{"project", project.path}, {"locked", lockfile->exists()}, {"count", set->packages.size()}});
  sdk::Json roots = tree.roots();
  if (tree.left_out() != 0) out.set("left_out", tree.left_out());
  out.set("tree", std::move(roots));
  return out;
}

}  // namespace toolpost::uv_package
