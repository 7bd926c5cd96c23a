// SPDX-License-Identifier: Apache-2.0
// The configured policy behind the extension toolpost.policy/1 and behind the command line.
#pragma once

#include "base/log.hpp"
#include "base/metric.hpp"
#include "base/published.hpp"
#include "call/services.hpp"
#include "config/config.hpp"
#include "policy/package_policy.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace toolpost {

// Reads and compiles what config.policy names. Errors are complete lines, one for each problem.
Result<policy::PackagePolicy> load_package_policy(const config::Config& config);

// Of what policy.packages_file holds; empty where there is no such file.
std::string packages_digest(const config::Config& config);

// May this caller act on the project at this absolute path? Called from any thread.
using ProjectRules =
    std::function<policy::Verdict(const identity::Principal& principal, std::string_view project)>;

// Callable from any thread; each question is answered by the rules of one moment.
class PolicyService final : public call::PolicyService {
 public:
  // Without rules every caller may act on every project that a plugin's own settings allow.
  PolicyService(policy::PackagePolicy packages, ProjectRules projects, Log& log);

  // Others from now on. By one thread.
  void use(policy::PackagePolicy packages, ProjectRules projects);

  call::ServiceAnswer check(const identity::Principal& principal, std::string_view action,
                            std::string_view resource, std::string_view context) override;

  // So far, for /metrics (config/metrics.md).
  std::uint64_t denied_packages() const noexcept { return denied_packages_.value(); }

  std::uint64_t denied_projects() const noexcept { return denied_projects_.value(); }

 private:
  call::ServiceAnswer use_packages(const identity::Principal& principal, std::string_view context);
  call::ServiceAnswer use_project(const identity::Principal& principal, std::string_view project);
  call::ServiceAnswer malformed(std::string_view action, std::string_view why);

  Published<policy::PackagePolicy> packages_;
  Published<ProjectRules> projects_;
  Log& log_;
  Counter denied_packages_;
  Counter denied_projects_;
};

}  // namespace toolpost
