// SPDX-License-Identifier: Apache-2.0
#include "operation.hpp"

#include "change_report.hpp"
#include "confined_path.hpp"
#include "file_reading.hpp"
#include "output.hpp"

#include <filesystem>

namespace toolpost::uv_package {

Operation::Operation(Services& services, const sdk::Call& call)
    : services_(services), call_(call), uv_run_(services, call), gate_(call) {}

Checked<Passed> Operation::begin() {
  auto project =
      find_project(services_.settings, call_.arguments().value_or("project", std::string_view()));
  if (!project) return project.refusal();
  project_ = std::move(*project);
  if (auto judged = gate_.judge_project(project_.path); !judged) return judged;
  if (auto found = uv_run_.find_uv(); !found) return found;
  if (auto locked = take_lock(); !locked) return locked;
  return look_at_project();
}

Checked<Passed> Operation::take_lock() {
  auto lock = ProjectLock::acquire(project_.path, services_.settings.lock_wait,
                                   [this] { return uv_run_.is_cancelled(); });
  if (!lock) return lock.refusal();
  if (!lock->has_value()) {
    return Refusal{"busy: another call is changing " + project_.path + "; it was waited for " +
                   std::to_string(services_.settings.lock_wait.count()) + " s (lock_wait_s)"};
  }
  lock_ = std::move(**lock);
  return Passed{};
}

Checked<Passed> Operation::look_at_project() {
  const auto directories = check_project(project_.path, rules());
  if (!directories) return directories.refusal();
  const auto environment = check_environment(services_.settings, project_);
  if (!environment) return environment.refusal();
  if (*environment == EnvironmentState::kUnfinished) {
    if (auto removed = remove_unfinished_environment(project_); !removed) return removed;
  }
  has_environment_ = *environment == EnvironmentState::kPresent;

  auto files = ProjectFiles::remember(project_);
  if (!files) return files.refusal();
  const auto lockfile = Lockfile::read(project_.path);
  if (!lockfile) return lockfile.refusal();
  files_ = std::move(*files);
  locked_before_ = lockfile->packages();
  installed_before_ = read_installed(project_.environment);
  return stage(*directories);
}

Checked<Passed> Operation::stage(const std::vector<std::string>& directories) {
  auto scratch = ScratchDirectory::make(services_.directories.temporary);
  if (!scratch) return scratch.refusal();
  scratch_.emplace(std::move(*scratch));
  auto staged = StagedProject::make(*scratch_, project_, directories);
  if (!staged) return staged.refusal();
  staged_ = std::move(*staged);
  uv_run_.work_in(staged_->path(), project_.environment);
  uv_run_.leave_out(staged_->staged(""));
  // What uv is going to read is the copy, and nobody can change that after this look at it.
  const auto checked = check_project(staged_->path(), staged_rules());
  if (!checked) return checked.refusal();
  return Passed{};
}

ProjectRules Operation::rules() const {
  return project_rules(services_.settings, uv_run_.uv().default_index);
}

ProjectRules Operation::staged_rules() const {
  ProjectRules out = rules();
  for (const std::string& root : services_.settings.roots) {
    out.roots.push_back(staged_->staged(root));
  }
  return out;
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

bool Operation::is_local_directory(const std::string& named) const {
  std::error_code error;
  const auto resolved = std::filesystem::canonical(staged_->real(named), error);
  return !error && directory_below_any(services_.settings.roots, resolved.string()).ok();
}

Checked<Passed> Operation::resolve(Arguments arguments) {
  const auto is_local = [this](const std::string& named) { return is_local_directory(named); };
  const Origins origins = lock_origins(services_.settings, uv_run_.uv().default_index);
  const auto before = Lockfile::read(staged_->path());
  if (!before) return before.refusal();
  if (auto checked = before->check_before(origins, is_local); !checked) return checked;
  const Arguments limit = build_hash_arguments(uv_run_.uv().version);
  arguments.insert(arguments.begin() + 1, limit.begin(), limit.end());
  if (auto done = uv_run_.step(arguments); !done) return done;

  const auto text = read_file(staged_->path() + "/uv.lock", kMaxLockFile);
  if (!text) return text.refusal();
  const auto lockfile = Lockfile::read(staged_->path());
  if (!lockfile) return lockfile.refusal();
  if (auto checked = lockfile->check(origins, is_local); !checked) return checked;
  const auto set = lockfile->resolved();
  if (!set) return set.refusal();
  judged_lock_ = text->value_or("");
  return gate_.judge(*set, "what this resolves to");
}

Checked<PackageSet> Operation::resolved_packages() const {
  const auto lockfile = Lockfile::read(staged_->path());
  if (!lockfile) return lockfile.refusal();
  return lockfile->packages();
}

Checked<Passed> Operation::keep() {
  const auto text = read_file(staged_->path() + "/uv.lock", kMaxLockFile);
  if (!text) return text.refusal();
  if (text->value_or("") != judged_lock_) {
    return Refusal{"uv.lock is not the one that was judged any more; nothing was changed"};
  }
  return files_->replace_from(staged_->path());
}

Checked<Passed> Operation::sync(Extent extent) {
  const Workbench workbench = bench();
  LocalBuilds builds(workbench);
  const auto lockfile = Lockfile::read(staged_->path());
  if (!lockfile) return lockfile.refusal();
  if (services_.settings.build_project && lockfile->has_local_builds()) {
    const std::string list = workbench.file("exported.txt");
    if (auto done = uv_run_.step(export_arguments(list)); !done) return done;
    const auto exported = read_file(list, kMaxLockFile);
    if (!exported) return exported.refusal();
    const auto projects = local_projects_in(exported->value_or(""), *staged_);
    if (!projects) return projects.refusal();
    const auto python = projects->empty() ? std::string() : interpreter();
    if (!python) return python.refusal();
    auto prepared = builds.prepare(*projects, *staged_, *python);
    if (!prepared) return prepared;
  }
  if (auto synced = uv_run_.step(sync_arguments(services_.settings, extent)); !synced) {
    return synced;
  }
  if (auto kept = keep(); !kept) return kept;
  return builds.install(project_.environment);
}

Checked<Passed> Operation::run(const Arguments& arguments) {
  const UvRun::Place place(uv_run_, project_.path, "");
  return uv_run_.step(arguments);
}

void Operation::report_on(std::string project_path) {
  if (project_path == project_.path) return;
  project_.environment = services_.settings.environment.front() == '/'
                             ? services_.settings.environment
                             : project_path + "/" + services_.settings.environment;
  project_.path = std::move(project_path);
  // Making a project installs and locks nothing: what is there now was there before.
  if (const auto lockfile = Lockfile::read(project_.path)) locked_before_ = lockfile->packages();
  installed_before_ = read_installed(project_.environment);
  has_environment_ = exists_without_following(project_.environment);
}

sdk::Result Operation::failed(const Refusal& refusal) {
  std::string text = uv_run_.without_prefix(refusal.text);
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
  uv_run_.settle();
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
