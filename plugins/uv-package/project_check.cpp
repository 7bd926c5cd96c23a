// SPDX-License-Identifier: Apache-2.0
#include "project_check.hpp"

#include "confined_path.hpp"
#include "file_reading.hpp"
#include "pep/ascii.hpp"
#include "project_settings_rules.hpp"
#include "toml_file.hpp"
#include "workspace.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

namespace toolpost::uv_package {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxVersionFile = 4096;
constexpr std::size_t kMaxDirectories = 512;

std::string name_of(const fs::path& directory, std::string_view file) {
  return (directory / file).string();
}

const toml::table* uv_settings(const toml::table& document) {
  return document["tool"]["uv"].as_table();
}

// "3.12", "cpython@3.12", ">=3.11,<3.14"; a path would be an executable that uv starts.
bool is_version_request(std::string_view line) {
  return std::all_of(line.begin(), line.end(), [](char c) {
    return pep::is_alnum(c) || std::string_view("@.-_+<>=!~,* ").find(c) != std::string_view::npos;
  });
}

Checked<Passed> check_version_files(const fs::path& directory) {
  for (const std::string_view file : {".python-version", ".python-versions"}) {
    const std::string path = name_of(directory, file);
    const auto content = read_file(path, kMaxVersionFile);
    if (!content) return content.refusal();
    std::string_view rest = content->has_value() ? std::string_view(**content) : "";
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      std::string_view line = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      line = pep::trimmed(line);
      if (line.empty() || line.front() == '#') continue;
      if (!is_version_request(line)) {
        return Refusal{path +
                       " does not name a Python version; a path to an interpreter is "
                       "refused (set 'python' in the configuration)"};
      }
    }
  }
  return Passed{};
}

class ProjectCheck {
 public:
  explicit ProjectCheck(const ProjectRules& rules) : rules_(rules) {}

  // The directory's own files, and what they lead to.
  Checked<Passed> check_directory(const fs::path& directory) {
    if (!seen_.insert(directory.string()).second) return Passed{};
    if (seen_.size() > kMaxDirectories) return Refusal{"the project leads to too many directories"};
    if (auto checked = check_version_files(directory); !checked) return checked;
    auto uv_toml = read_toml(name_of(directory, "uv.toml"), kMaxProjectFile);
    if (!uv_toml) return uv_toml.refusal();
    if (uv_toml->has_value()) {
      const SettingsFile file{name_of(directory, "uv.toml"), **uv_toml};
      if (auto checked = check_project_settings(file, rules_.indexes); !checked) return checked;
    }
    auto document = read_toml(name_of(directory, "pyproject.toml"), kMaxProjectFile);
    if (!document) return document.refusal();
    return document->has_value() ? check_document(directory, **document) : Passed{};
  }

  // uv looks for settings and for a workspace in every directory above, up to "/".
  Checked<Passed> check_above(const fs::path& project) {
    for (fs::path at = project.parent_path();; at = at.parent_path()) {
      if (auto checked = check_version_files(at); !checked) return checked;
      if (auto checked = check_ancestor(project, at); !checked) return checked;
      if (at == at.root_path()) return Passed{};
    }
  }

  std::vector<std::string> directories() const { return {seen_.begin(), seen_.end()}; }

 private:
  Checked<Passed> check_document(const fs::path& directory, const toml::table& document) {
    const std::string file = name_of(directory, "pyproject.toml");
    if (auto checked = check_dependencies(file, document); !checked) return checked;
    const toml::table* settings = uv_settings(document);
    if (settings == nullptr) return Passed{};
    const SettingsFile named{file + " [tool.uv]", *settings};
    if (auto checked = check_project_settings(named, rules_.indexes); !checked) return checked;
    const auto directories = source_directories(*settings);
    if (!directories) return directories.refusal();
    for (const std::string& path : *directories) {
      if (auto checked = check_led_to(file + " [tool.uv.sources]", directory / path); !checked) {
        return checked;
      }
    }
    const toml::table* workspace = (*settings)["workspace"].as_table();
    if (workspace == nullptr) return Passed{};
    const auto members = workspace_members(directory.string(), *workspace);
    if (!members) return members.refusal();
    for (const std::string& member : *members) {
      if (auto checked = check_led_to(file + " [tool.uv.workspace]", member); !checked) {
        return checked;
      }
    }
    return Passed{};
  }

  Checked<Passed> check_dependencies(const std::string& file, const toml::table& document) const {
    const auto check = [&](const toml::node* list, const std::string& where) -> Checked<Passed> {
      if (list == nullptr) return Passed{};
      if (list->as_array() == nullptr) return Refusal{where + " is not a list"};
      return check_requirement_list(*list->as_array(), where);
    };
    const auto check_each = [&](const toml::node* groups,
                                const std::string& where) -> Checked<Passed> {
      if (groups == nullptr || groups->as_table() == nullptr) return Passed{};
      for (const auto& [name, list] : *groups->as_table()) {
        const std::string group = where + " " + std::string(name.str());
        if (auto checked = check(&list, group); !checked) return checked;
      }
      return Passed{};
    };
    const auto project = document["project"];
    if (auto done = check(project["dependencies"].node(), file + ": project.dependencies"); !done) {
      return done;
    }
    if (auto done = check_each(project["optional-dependencies"].node(),
                               file + ": project.optional-dependencies");
        !done) {
      return done;
    }
    if (auto done = check_each(document["dependency-groups"].node(), file + ": dependency-groups");
        !done) {
      return done;
    }
    if (auto done =
            check(document["build-system"]["requires"].node(), file + ": build-system.requires");
        !done) {
      return done;
    }
    return check_needs_no_build(file, document);
  }

  // A build would run before anything could be judged, so nothing may need one to be resolved.
  static Checked<Passed> check_needs_no_build(const std::string& file,
                                              const toml::table& document) {
    const toml::table* project = document["project"].as_table();
    const toml::table* settings = uv_settings(document);
    const bool is_package = settings == nullptr || (*settings)["package"].value_or(true);
    if (project == nullptr || !is_package) return Passed{};
    const std::vector<std::string> dynamic = texts_at(*project, "dynamic");
    const auto needs_build = std::find_if(dynamic.begin(), dynamic.end(), [](const auto& field) {
      return field == "version" || field == "requires-python" || field == "dependencies" ||
             field == "optional-dependencies";
    });
    if (needs_build == dynamic.end()) return Passed{};
    return Refusal{file + ": project.dynamic has '" + *needs_build +
                   "', which only a build could tell, and nothing is built before the policy has "
                   "judged what is resolved; write it into [project]"};
  }

  // Without [project] uv would build it to learn its name and dependencies.
  static Checked<Passed> check_tells_itself(const std::string& directory) {
    const std::string file = name_of(directory, "pyproject.toml");
    const auto document = read_toml(file, kMaxProjectFile);
    if (!document) return document.refusal();
    if (document->has_value() && (**document)["project"].as_table() != nullptr) return Passed{};
    return Refusal{file + " has no [project] table, so only a build could tell what it needs"};
  }

  Checked<Passed> check_led_to(const std::string& from, const fs::path& target) {
    std::error_code error;
    const fs::path resolved = fs::canonical(target, error);
    if (error) return Refusal{from + ": " + target.string() + ": " + error.message()};
    const auto inside = directory_below_any(rules_.roots, resolved.string());
    if (!inside) return within(from, inside.refusal());
    if (auto checked = check_tells_itself(inside->path); !checked)
      return within(from, checked.refusal());
    return check_directory(inside->path);
  }

  Checked<Passed> check_ancestor(const fs::path& project, const fs::path& at) {
    auto uv_toml = read_toml(name_of(at, "uv.toml"), kMaxProjectFile);
    if (!uv_toml) return uv_toml.refusal();
    auto document = read_toml(name_of(at, "pyproject.toml"), kMaxProjectFile);
    if (!document) return document.refusal();
    const toml::table* settings = document->has_value() ? uv_settings(**document) : nullptr;
    if (!uv_toml->has_value() && settings == nullptr) return Passed{};
    const std::string which =
        uv_toml->has_value() ? name_of(at, "uv.toml") : name_of(at, "pyproject.toml");
    if (!directory_below_any(rules_.roots, at.string())) {
      return Refusal{which +
                     " is above the configured roots and would apply to this project; move "
                     "it, or add its directory to 'roots'"};
    }
    if (auto checked = check_directory(at); !checked) return checked;
    return settings == nullptr ? Passed{} : check_not_a_member(project, at, *settings);
  }

  // A member shares the lock file and the environment of its workspace.
  static Checked<Passed> check_not_a_member(const fs::path& project, const fs::path& at,
                                            const toml::table& settings) {
    const toml::table* workspace = settings["workspace"].as_table();
    if (workspace == nullptr) return Passed{};
    const auto members = workspace_members(at.string(), *workspace);
    if (!members) return members.refusal();
    if (std::find(members->begin(), members->end(), project.string()) == members->end()) {
      return Passed{};
    }
    return Refusal{project.string() + " is a member of the workspace " + at.string() +
                   " and shares its lock file and environment; use the workspace as 'project'"};
  }

  const ProjectRules& rules_;
  std::set<std::string> seen_;
};

}  // namespace

Checked<std::vector<std::string>> check_project(const std::string& project,
                                                const ProjectRules& rules) {
  ProjectCheck check(rules);
  if (auto checked = check.check_directory(project); !checked) return checked.refusal();
  if (auto checked = check.check_above(project); !checked) return checked.refusal();
  return check.directories();
}

}  // namespace toolpost::uv_package
