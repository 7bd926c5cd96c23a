// SPDX-License-Identifier: Apache-2.0
// One call that changes one project: what every tool does before and after its own steps.
//   begin     uv, project, lock, project check, state before
//   resolve   a step that may change uv.lock; what it resolved to is checked before anything more
//   run       a step that changes the environment
//   finish    state after, compared with the state before; or what went wrong
// The gate that judges packages stands between resolve and run.
#pragma once

#include "installed.hpp"
#include "project.hpp"
#include "project_lock.hpp"
#include "uv_run.hpp"

#include <toolpost/call.hpp>
#include <toolpost/result.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace toolpost::uv_package {

class Operation {
 public:
  Operation(Services& services, const sdk::Call& call);

  Checked<Passed> begin();

  const Settings& settings() const noexcept { return services_.settings; }

  const Project& project() const noexcept { return project_; }

  bool has_environment() const noexcept { return has_environment_; }

  const InstalledPackages& installed() const noexcept { return installed_before_; }

  const PackageSet& locked() const noexcept { return locked_before_; }

  ProjectRules rules() const;

  // Refuses when there is no pyproject.toml.
  Checked<Passed> require_pyproject() const;
  Checked<Passed> require_environment() const;
  // Creates the environment when there is none, and remembers having done so.
  Checked<Passed> ensure_environment();

  Checked<Passed> resolve(const Arguments& arguments);

  Checked<Passed> run(const Arguments& arguments) { return uv_run_.step(arguments); }

  // Brings the environment to what uv.lock says, with the project itself unless that is switched
  // off.
  Checked<Passed> sync(Extent extent);

  // After init: the report is about the project that was made.
  void report_on(std::string project_path);

  // After a failure pyproject.toml and uv.lock are as they were before the call.
  sdk::Result finish(const Checked<Passed>& outcome);

 private:
  Checked<Passed> check_lock(const Lockfile& lockfile) const;
  sdk::Result failed(const Refusal& refusal);

  Services& services_;
  const sdk::Call& call_;
  UvRun uv_run_;
  Project project_;
  std::optional<ProjectLock> lock_;
  std::optional<ProjectFiles> files_;
  bool has_environment_ = false;
  bool created_environment_ = false;
  InstalledPackages installed_before_;
  PackageSet locked_before_;
};

}  // namespace toolpost::uv_package
