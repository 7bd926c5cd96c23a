// SPDX-License-Identifier: Apache-2.0
#include "changes.hpp"

#include <algorithm>
#include <iterator>

namespace toolpost::uv_package {

namespace {

using Versions = std::set<std::string>;

Versions only_in(const Versions& these, const Versions& those) {
  Versions out;
  std::set_difference(these.begin(), these.end(), those.begin(), those.end(),
                      std::inserter(out, out.end()));
  return out;
}

void append_changes(std::vector<Change>& out, const std::string& package, const Versions& before,
                    const Versions& after) {
  const Versions gone = only_in(before, after);
  const Versions come = only_in(after, before);
  if (gone.size() == 1 && come.size() == 1) {
    out.push_back({package, *gone.begin(), *come.begin()});
    return;
  }
  for (const std::string& version : gone) out.push_back({package, version, std::nullopt});
  for (const std::string& version : come) out.push_back({package, std::nullopt, version});
}

}  // namespace

std::vector<Change> changes_between(const PackageSet& before, const PackageSet& after) {
  static const Versions none;
  Versions names;
  for (const auto& [name, versions] : before) names.insert(name);
  for (const auto& [name, versions] : after) names.insert(name);
  std::vector<Change> out;
  for (const std::string& name : names) {
    const auto was = before.find(name);
    const auto is = after.find(name);
    append_changes(out, name, was == before.end() ? none : was->second,
                   is == after.end() ? none : is->second);
  }
  return out;
}

}  // namespace toolpost::uv_package
