// SPDX-License-Identifier: Apache-2.0
#include "operation.hpp"

#include "change_report.hpp"
#include "confined_path.hpp"
#include "output.hpp"
#include "pep/version.hpp"

#include <filesystem>

namespace toolpost::uv_package {

namespace {
constexpr std::string_view kBuildsOwnProjectSince = "0.13.0";
}

Operation::Operation(Services& services, const sdk::Call& call)
    : services_(services), call_(call), uv_run_(services, call) {}

Checked<Passed> Operation::begin() {
  auto project =
      find_project(services_.settings, call_.arguments().value_or("project", std::string_view()));
  if (!project) return project.refusal();
  project_ = std::move(*project);
  if (auto found = uv_run_.find_uv(); !found) return found;

  auto lock = ProjectLock::acquire(project_.path, services_.settings.lock_wait,
                                   [this] { return uv_run_.is_cancelled(); });
  if (!lock) return lock.refusal();
  if (!lock->has_value()) {
    return Refusal{"busy: another call is changing " + project_.path + "; it was waited for " +
                   std::to_string(services_.settings.lock_wait.count()) + " s (lock_wait_s)"};
  }
  lock_ = std::move(**lock);

  if (auto checked = check_project(project_.path, rules()); !checked) return checked;
  const auto environment = check_environment(services_.settings, project_);
  if (!environment) return environment.refusal();
  has_environment_ = *environment == EnvironmentState::kPresent;

  auto files = ProjectFiles::remember(project_);
  if (!files) return files.refusal();
  const auto lockfile = Lockfile::read(project_.path);
  if (!lockfile) return lockfile.refusal();
  files_ = std::move(*files);
  locked_before_ = lockfile->packages();
  installed_before_ = read_installed(project_.environment);
  uv_run_.work_in(project_.path, project_.environment);
  return Passed{};
}

ProjectRules Operation::rules() const {
  return project_rules(services_.settings, uv_run_.uv().default_index);
}

Checked<Passed> Operation::require_pyproject() const {
  if (project_.has_pyproject) return Passed{};
  return Refusal{project_.path + " has no pyproject.toml; make it a project with 'init' first"};
}

Checked<Passed> Operation::require_environment() const {
  if (has_environment_) return Passed{};
  return Refusal{"the project has no environment (" + project_.environment +
                 "); 'install' and 'sync' create it"};
}

Checked<Passed> Operation::ensure_environment() {
  if (has_environment_) return Passed{};
  auto created = run(create_environment_arguments(services_.settings, project_.environment));
  if (!created) return created;
  has_environment_ = true;
  created_environment_ = true;
  return Passed{};
}

Checked<Passed> Operation::check_lock(const Lockfile& lockfile) const {
  const auto is_local = [this](const std::string& directory) {
    std::error_code error;
    const auto resolved =
        std::filesystem::canonical(std::filesystem::path(project_.path) / directory, error);
    return !error && directory_below_any(services_.settings.roots, resolved.string()).ok();
  };
  return lockfile.check(lock_origins(services_.settings, uv_run_.uv().default_index), is_local);
}

Checked<Passed> Operation::resolve(const Arguments& arguments) {
  if (auto done = run(arguments); !done) return done;
  const auto lockfile = Lockfile::read(project_.path);
  if (!lockfile) return lockfile.refusal();
  return check_lock(*lockfile);
}

Checked<Passed> Operation::sync(Extent extent) {
  const Settings& settings = services_.settings;
  if (!settings.build_project) {
    return run(sync_arguments(settings, extent, OwnProject::kLeftOut));
  }
  // Older ones take "nothing is built" to mean the project itself, too, except in "uv pip".
  const auto version = pep::Version::parse(uv_run_.uv().version).value_or(pep::Version());
  if (version.compare(*pep::Version::parse(kBuildsOwnProjectSince)) >= 0) {
    return run(sync_arguments(settings, extent, OwnProject::kInstalled));
  }
  auto synced = run(sync_arguments(settings, extent, OwnProject::kLeftOut));
  const auto lockfile = Lockfile::read(project_.path);
  if (!synced || !lockfile || !lockfile->installs_own_project()) return synced;
  return run(install_own_project_arguments(project_.environment, project_.path));
}

void Operation::report_on(std::string project_path) {
  project_.environment = services_.settings.environment.front() == '/'
                             ? services_.settings.environment
                             : project_path + "/" + services_.settings.environment;
  project_.path = std::move(project_path);
}

sdk::Result Operation::failed(const Refusal& refusal) {
  std::string text = refusal.text;
  if (files_) {
    if (auto restored = files_->restore(); !restored) {
      text += "\npyproject.toml and uv.lock could not be put back: " + restored.refusal().text;
    }
    // What was installed before the failure stays installed; the caller must hear of it.
    const auto changes =
        changes_between(installed_before_.packages, read_installed(project_.environment).packages);
    if (!changes.empty()) {
      text += "\nChanged before that: " + changes_as_json(changes).dump();
    }
  }
  if (services_.running.is_stopping()) {
    return sdk::Result::failure(sdk::Status::kUnavailable, "the plugin is stopping");
  }
  if (uv_run_.is_cancelled()) return sdk::Result::failure(sdk::Status::kCancelled, "cancelled");
  return sdk::Result::error(without_credentials(text));
}

sdk::Result Operation::finish(const Checked<Passed>& outcome) {
  if (!outcome) return failed(outcome.refusal());
  const auto lockfile = Lockfile::read(project_.path);
  if (!lockfile) return failed(lockfile.refusal());
  ChangeReport report;
  report.tool = call_.name();
  report.commands = uv_run_.commands();
  report.project = project_.path;
  report.environment = project_.environment;
  report.created_environment =
      created_environment_ || (!has_environment_ && exists_without_following(project_.environment));
  report.changes =
      changes_between(installed_before_.packages, read_installed(project_.environment).packages);
  report.lock_changes = changes_between(locked_before_, lockfile->packages());
  report.output = uv_run_.output();
  return sdk::Result::structured(report.json());
}

}  // namespace toolpost::uv_package
