// SPDX-License-Identifier: Apache-2.0
#include "local_builds.hpp"

#include "build_system.hpp"
#include "compile.hpp"
#include "confined_path.hpp"
#include "file_reading.hpp"
#include "file_url.hpp"
#include "pep/ascii.hpp"
#include "pep/marker.hpp"

namespace toolpost::uv_package {

Checked<std::vector<LocalProject>> local_projects_in(std::string_view exported,
                                                     const StagedProject& staged) {
  std::vector<LocalProject> out;
  while (!exported.empty()) {
    const std::size_t end = exported.find('\n');
    std::string_view line = exported.substr(0, end);
    exported.remove_prefix(end == std::string_view::npos ? exported.size() : end + 1);
    LocalProject project;
    project.is_editable = line.substr(0, 3) == "-e ";
    if (project.is_editable) line.remove_prefix(3);
    if (line.empty() || (line.front() != '.' && line.front() != '/' && !project.is_editable)) {
      continue;
    }
    const std::size_t semicolon = line.find(" ; ");
    if (semicolon != std::string_view::npos) {
      project.marker = pep::trimmed(line.substr(semicolon + 3));
      if (auto checked = pep::check_marker(project.marker); !checked) return checked.refusal();
      line = line.substr(0, semicolon);
    }
    project.directory = staged.real(std::string(pep::trimmed(line)));
    out.push_back(std::move(project));
  }
  return out;
}

Checked<Passed> LocalBuilds::prepare(const std::vector<LocalProject>& projects,
                                     const StagedProject& staged, const std::string& python) {
  for (const LocalProject& project : projects) {
    if (auto judged = bench_.gate.judge_project(project.directory); !judged) return judged;
    Build build;
    build.project = project;
    const std::string copy = staged.staged(project.directory);
    build.working_directory = exists_without_following(copy) ? copy : project.directory;
    if (auto prepared = prepare_one(build, python); !prepared) return prepared;
    builds_.push_back(std::move(build));
  }
  return Passed{};
}

Checked<Passed> LocalBuilds::prepare_one(Build& build, const std::string& python) {
  const std::string& uv_version = bench_.uv.uv().version;
  const auto needs = read_build_system(build.working_directory, uv_version);
  if (!needs) return needs.refusal();
  const std::string name = "build-" + std::to_string(builds_.size());
  if (build_hash_arguments(uv_version).empty()) build.cache = bench_.file(name + "-cache");
  ResolvedSet set;
  if (!needs->requirements.empty()) {
    CompileRequest request;
    request.name = name;
    request.python = python;
    request.requirements = needs->requirements;
    request.constraints = needs->constraints;
    const UvRun::Place place(bench_.uv, build.working_directory, build.cache);
    auto compiled = compile(bench_, request);
    if (!compiled) return compiled.refusal();
    set = std::move(*compiled);
  }
  const std::string purpose = "building " + build.project.directory;
  if (auto judged = bench_.gate.judge(set, purpose); !judged) return judged;
  auto pins = write_pins(bench_, name, set);
  if (!pins) return pins.refusal();
  build.pins = std::move(*pins);
  for (const ResolvedPackage& package : set.packages) build.pinned.push_back(package.name);
  return build.cache.empty() || set.packages.empty() ? Passed{} : fill_cache(build, python);
}

// The older uv would take what a backend asks for beyond the pins from the index; it is run
// offline instead, with a cache in which there is nothing else.
Checked<Passed> LocalBuilds::fill_cache(const Build& build, const std::string& python) {
  const std::string environment = build.cache + "-environment";
  const UvRun::Place place(bench_.uv, build.working_directory, build.cache);
  auto made = bench_.uv.step(create_environment_arguments(python, environment));
  if (!made) return made;
  return bench_.uv.step(install_pinned_arguments(environment, build.pins));
}

Checked<Passed> LocalBuilds::install(const std::string& environment) const {
  for (const Build& build : builds_) {
    std::string line = build.project.is_editable ? "-e " : "";
    line += file_url(build.project.directory);
    if (!build.project.marker.empty()) line += " ; " + build.project.marker;
    const std::string file = build.pins + ".project";
    if (auto written = replace_file(file, line + "\n"); !written) return written;
    const UvRun::Place place(bench_.uv, build.project.directory, build.cache);
    const LocalInstall local{file, build.pins, build_hash_arguments(bench_.uv.uv().version),
                             build.pinned};
    const UvRun::OwnCode own(bench_.uv);
    auto done = bench_.uv.step(install_local_arguments(environment, local));
    if (!done) return done;
  }
  return Passed{};
}

}  // namespace toolpost::uv_package
