// SPDX-License-Identifier: Apache-2.0
// Finds the plugins in the directories that the operator named. Reads manifests only; a plugin that
// is found is known, not loaded.
#pragma once

#include "base/error.hpp"
#include "plugin/loader/manifest.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::plugin {

struct DiscoveryProblem {
  std::string path;
  std::string id;  // when it is known which plugin is concerned
  Error error;
};

struct Discovery {
  std::vector<Manifest> manifests;  // sorted by id, each id once
  std::vector<DiscoveryProblem> problems;

  const Manifest* find(std::string_view id) const noexcept;
};

// Every *.plugin.json directly in each directory. A directory that does not exist is no problem.
// An id that stands in two manifests is a problem that names both, and neither is known: which one
// was meant is not for the host to guess. One directory under two names counts once.
Discovery discover(std::span<const std::string> directories);

}  // namespace toolpost::plugin
