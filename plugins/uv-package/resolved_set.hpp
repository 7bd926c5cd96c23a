// SPDX-License-Identifier: Apache-2.0
// What a resolution came to: every package, where it comes from, and why it is there. The gate
// judges this and nothing else.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace toolpost::uv_package {

struct ResolvedPackage {
  std::string name;     // normalised
  std::string version;  // empty only for a local project with a dynamic version
  std::string source;   // the index; empty for a local project
  std::set<std::string> extras;
  std::vector<std::string> hashes;  // "sha256:…"; empty where the file that is read keeps them
  std::set<std::string> needed_by;  // names of packages in the same set
  bool is_local = false;            // a directory, not a package of an index
};

struct ResolvedSet {
  std::vector<ResolvedPackage> packages;

  // A shortest way to a package from one that nothing else needs: "app -> a -> b".
  std::string path_to(std::size_t place) const;
};

}  // namespace toolpost::uv_package
