// SPDX-License-Identifier: Apache-2.0
#include "resolved_set.hpp"

#include <map>
#include <queue>

namespace toolpost::uv_package {

namespace {

// A lock file may hold several versions of a package; for the way to one they are the same.
std::map<std::string, std::set<std::string>> needed_by_names(const ResolvedSet& set) {
  std::map<std::string, std::set<std::string>> out;
  for (const ResolvedPackage& package : set.packages) {
    out[package.name].insert(package.needed_by.begin(), package.needed_by.end());
  }
  return out;
}

}  // namespace

std::string ResolvedSet::path_to(std::size_t place) const {
  const auto needed_by = needed_by_names(*this);
  const std::string& target = packages.at(place).name;
  std::map<std::string, std::string> next = {{target, ""}};  // the step from there towards target
  std::queue<std::string> waiting;
  waiting.push(target);
  std::string start = target;
  while (!waiting.empty()) {
    start = waiting.front();
    waiting.pop();
    const auto found = needed_by.find(start);
    if (found == needed_by.end() || found->second.empty()) break;
    for (const std::string& parent : found->second) {
      if (next.emplace(parent, start).second) waiting.push(parent);
    }
  }
  std::string out = start;
  for (std::string at = next[start]; !at.empty(); at = next[at]) out += " -> " + at;
  return out;
}

}  // namespace toolpost::uv_package
