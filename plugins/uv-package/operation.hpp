// SPDX-License-Identifier: Apache-2.0
// One call that changes one project: what every tool does before and after its own steps.
//   begin     project, policy, uv, lock, project check, state before, a private copy
//   resolve   in the copy; every package of the result is judged before anything more happens
//   keep      moves what was judged into the project
//   sync, install…   change the environment to what was judged, and to nothing else
//   finish    state after, compared with the state before; or what went wrong
#pragma once

#include "compile.hpp"
#include "gate.hpp"
#include "installed.hpp"
#include "local_builds.hpp"
#include "project.hpp"
#include "project_lock.hpp"
#include "scratch_directory.hpp"
#include "staged_project.hpp"
#include "uv_run.hpp"
#include "workbench.hpp"

#include <toolpost/call.hpp>
#include <toolpost/result.hpp>

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

  const InstalledPackages& installed() const noexcept { return installed_before_; }

  const PackageSet& locked() const noexcept { return locked_before_; }

  // Refuses when there is no pyproject.toml.
  Checked<Passed> require_pyproject() const;
  Checked<Passed> require_environment() const;

  // uv add, remove or lock: what it makes of the copy's uv.lock is checked and judged.
  Checked<Passed> resolve(Arguments arguments);
  // What it came to.
  Checked<PackageSet> resolved_packages() const;
  // pyproject.toml and uv.lock become what was resolved.
  Checked<Passed> keep();
  // Keeps, and brings the environment to what uv.lock says, with the project itself unless that is
  // switched off.
  Checked<Passed> sync(Extent extent);

  // Resolves for the environment, which is created when there is none, judges, and installs exactly
  // that.
  Checked<Passed> install(const std::vector<std::string>& requirements);
  // The newest versions for packages that are only installed, judged; changes nothing.
  Checked<ResolvedSet> resolve_installed(const std::vector<std::string>& names);
  // Installs what was judged, file by file.
  Checked<Passed> install_judged(const ResolvedSet& set);
  // Directories of local projects below a root, relative to the project or absolute.
  Checked<Passed> install_editable(const std::vector<std::string>& texts);

  // A step that installs nothing: uninstall, init.
  Checked<Passed> run(const Arguments& arguments);

  // After init: the report is about the project that was made.
  void report_on(std::string project_path);

  // After a failure pyproject.toml and uv.lock are as they were before the call.
  sdk::Result finish(const Checked<Passed>& outcome);

 private:
  Workbench bench() { return {services_.settings, uv_run_, gate_, *scratch_}; }

  Checked<Passed> take_lock();
  Checked<Passed> look_at_project();
  Checked<Passed> stage(const std::vector<std::string>& directories);
  ProjectRules rules() const;
  ProjectRules staged_rules() const;
  bool is_local_directory(const std::string& named) const;
  // What pip installs into: the environment, or one like it that is only there to resolve for.
  Checked<std::string> interpreter();
  Checked<Passed> ensure_environment();
  Checked<ResolvedSet> compile_and_judge(const CompileRequest& request);
  sdk::Result failed(const Refusal& refusal);

  Services& services_;
  const sdk::Call& call_;
  UvRun uv_run_;
  Gate gate_;
  Project project_;
  std::optional<ProjectLock> lock_;
  std::optional<ProjectFiles> files_;
  std::optional<ScratchDirectory> scratch_;
  std::optional<StagedProject> staged_;
  std::string judged_lock_;  // the text of the copy's uv.lock that the gate has passed
  bool has_environment_ = false;
  bool created_environment_ = false;
  InstalledPackages installed_before_;
  PackageSet locked_before_;
};

}  // namespace toolpost::uv_package
