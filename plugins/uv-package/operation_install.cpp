// SPDX-License-Identifier: Apache-2.0
// The part of Operation that changes an environment without uv.lock.
#include "confined_path.hpp"
#include "editable_sources.hpp"
#include "operation.hpp"
#include "pep/index_url.hpp"
#include "pep/package_name.hpp"
#include "pep/requirement.hpp"

#include <algorithm>
#include <filesystem>

namespace toolpost::uv_package {

namespace {

constexpr const char* kName = "install";

std::vector<std::string> as_pins(const PackageSet& packages) {
  std::vector<std::string> out;
  for (const auto& [name, versions] : packages) {
    const auto pin = pep::parse_requirement(name + "==" + *versions.begin());
    if (pin) out.push_back(pin->text());
  }
  return out;
}

// What came from a directory or a URL is not looked for on an index: something else may have its
// name there.
std::vector<std::string> without(const std::set<std::string>& names,
                                 const std::vector<std::string>& taken) {
  std::vector<std::string> out;
  std::copy_if(names.begin(), names.end(), std::back_inserter(out), [&](const std::string& name) {
    return std::find(taken.begin(), taken.end(), name) == taken.end();
  });
  return out;
}

// uv was given these indexes and no others; a resolution that says something else is not believed.
Checked<Passed> check_sources(const ResolvedSet& set, const std::vector<std::string>& indexes) {
  for (const ResolvedPackage& package : set.packages) {
    const bool is_known = std::find(indexes.begin(), indexes.end(),
                                    pep::comparable_index(package.source)) != indexes.end();
    if (is_known || package.is_local) continue;
    return Refusal{"'" + package.name + "' would come from the index " + package.source +
                   ", which is not among the configured ones"};
  }
  return Passed{};
}

}  // namespace

Checked<std::string> Operation::interpreter() {
  if (has_environment_) return project_.environment;
  const std::string trial = scratch_->path() + "/environment";
  if (exists_without_following(trial)) return trial;
  auto created = uv_run_.step(create_environment_arguments(services_.settings.python, trial));
  if (!created) return created.refusal();
  return trial;
}

Checked<Passed> Operation::ensure_environment() {
  if (has_environment_) return Passed{};
  auto created =
      uv_run_.step(create_environment_arguments(services_.settings.python, project_.environment));
  if (!created) {
    // Half an environment would be taken for something else by every later call.
    std::error_code ignored;
    std::filesystem::remove_all(project_.environment, ignored);
    return created;
  }
  has_environment_ = true;
  created_environment_ = true;
  return Passed{};
}

Checked<ResolvedSet> Operation::compile_and_judge(const CompileRequest& request) {
  auto set = compile(bench(), request);
  if (!set) return set;
  if (auto checked = check_sources(*set, rules().indexes); !checked) return checked.refusal();
  if (auto judged = gate_.judge(*set, "what this resolves to"); !judged) return judged.refusal();
  return set;
}

Checked<Passed> Operation::install_judged(const ResolvedSet& set) {
  const auto pins = write_pins(bench(), kName, set);
  if (!pins) return pins.refusal();
  if (auto ready = ensure_environment(); !ready) return ready;
  const bool is_empty =
      std::all_of(set.packages.begin(), set.packages.end(),
                  [](const ResolvedPackage& package) { return package.is_local; });
  if (is_empty) return Passed{};
  return uv_run_.step(install_pinned_arguments(project_.environment, *pins));
}

Checked<Passed> Operation::install(const std::vector<std::string>& requirements) {
  for (const std::string& text : requirements) {
    const auto requirement = pep::parse_requirement(text);
    if (!requirement) return requirement.refusal();
    if (installed_before_.direct.count(pep::normalized_name(requirement->name)) == 0) continue;
    return Refusal{"'" + requirement->name +
                   "' is installed from a directory or a URL; 'uninstall' it first to have it from "
                   "the index"};
  }
  const auto python = interpreter();
  if (!python) return python.refusal();
  CompileRequest request;
  request.name = kName;
  request.python = *python;
  request.requirements = requirements;
  request.preferred = as_pins(installed_before_.packages);
  request.excluded = without(installed_before_.direct, {});
  const auto set = compile_and_judge(request);
  return set ? install_judged(*set) : Checked<Passed>(set.refusal());
}

Checked<ResolvedSet> Operation::resolve_installed(const std::vector<std::string>& names) {
  CompileRequest request;
  request.name = kName;
  request.python = project_.environment;
  request.requirements = names;
  request.excluded = without(installed_before_.direct, names);
  return compile_and_judge(request);
}

Checked<Passed> Operation::install_editable(const std::vector<std::string>& texts) {
  const Workbench workbench = bench();
  const auto sources = EditableSources::find(services_.settings, project_, texts, rules());
  if (!sources) return sources.refusal();
  for (const std::string& directory : sources->asked_for()) {
    if (auto judged = gate_.judge_project(directory); !judged) return judged;
  }
  const auto python = interpreter();
  if (!python) return python.refusal();
  CompileRequest request;
  request.name = kName;
  request.python = *python;
  request.requirements = sources->requirements();
  request.preferred = as_pins(installed_before_.packages);
  request.excluded = without(installed_before_.direct, sources->names());
  const auto set = compile_and_judge(request);
  if (!set) return set.refusal();
  const auto projects = sources->projects_in(*set);
  if (!projects) return projects.refusal();
  LocalBuilds builds(workbench);
  if (auto ready = builds.prepare(*projects, *staged_, *python); !ready) return ready;
  if (auto installed = install_judged(*set); !installed) return installed;
  return builds.install(project_.environment);
}

}  // namespace toolpost::uv_package
