// SPDX-License-Identifier: Apache-2.0
// What the host's policy says about the packages and the project of one call. Whatever else than a
// clear yes comes back is a refusal. Lives no longer than the call; the call's own thread.
#pragma once

#include "checked.hpp"
#include "pep/requirement.hpp"
#include "resolved_set.hpp"

#include <toolpost/policy.hpp>

#include <string>
#include <vector>

namespace toolpost::uv_package {

class Gate {
 public:
  explicit Gate(const sdk::Call& call) noexcept : policy_(call) {}

  // `path` is resolved and absolute.
  Checked<Passed> judge_project(const std::string& path) const;

  // Every package that comes from an index. A refusal has a line for each one that is denied, with
  // the way to it: "app -> a -> b 1.0: blocked by …". `purpose` begins the refusal.
  Checked<Passed> judge(const ResolvedSet& set, const std::string& purpose) const;

  // Before anything is resolved: only names are known, so only a rule about names can refuse here.
  Checked<Passed> judge_names(const std::vector<pep::Requirement>& requirements) const;

 private:
  sdk::Policy policy_;
};

}  // namespace toolpost::uv_package
