// SPDX-License-Identifier: Apache-2.0
#include "project.hpp"

#include "confined_path.hpp"
#include "file_reading.hpp"
#include "toml_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace toolpost::uv_package {

namespace {

namespace fs = std::filesystem;

Checked<EnvironmentState> check_is_environment(const std::string& path) {
  std::error_code error;
  if (read_head(path + "/pyvenv.cfg", 1)) return EnvironmentState::kPresent;
  if (fs::is_empty(path, error) && !error) return EnvironmentState::kAbsent;
  return Refusal{path + " exists but is no virtual environment (it has no pyvenv.cfg)"};
}

Checked<Passed> put_back(const std::string& path, const std::optional<std::string>& content,
                         std::size_t limit) {
  const auto present = read_file(path, limit);
  if (present && *present == content) return Passed{};
  if (content) return replace_file(path, *content);
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return Passed{};
  return Refusal{path + ": " + std::strerror(errno)};
}

}  // namespace

Checked<Project> find_project(const Settings& settings, std::string_view argument) {
  const auto found = directory_below_any(settings.roots, argument);
  if (!found) return within("project", found.refusal());
  Project out;
  out.path = found->path;
  out.environment = settings.environment.front() == '/' ? settings.environment
                                                        : out.path + "/" + settings.environment;
  out.has_pyproject = exists_without_following(out.path + "/pyproject.toml");
  return out;
}

Checked<EnvironmentState> check_environment(const Settings& settings, const Project& project) {
  const bool exists = exists_without_following(project.environment);
  const bool is_the_operators = settings.environment.front() == '/';
  if (!is_the_operators) {
    // Of one that is still to be made, the directory it will stand in.
    const std::string name =
        exists ? settings.environment : fs::path(settings.environment).parent_path().string();
    const auto inside = directory_below(project.path, name, Links::kNone);
    if (!inside) return within("environment", inside.refusal());
  }
  return exists ? check_is_environment(project.environment) : EnvironmentState::kAbsent;
}

Checked<ProjectFiles> ProjectFiles::remember(const Project& project) {
  ProjectFiles out;
  out.pyproject_path_ = project.path + "/pyproject.toml";
  out.lock_path_ = project.path + "/uv.lock";
  auto pyproject = read_file(out.pyproject_path_, kMaxProjectFile);
  if (!pyproject) return pyproject.refusal();
  auto lock = read_file(out.lock_path_, kMaxLockFile);
  if (!lock) return lock.refusal();
  out.pyproject_ = std::move(*pyproject);
  out.lock_ = std::move(*lock);
  return out;
}

Checked<Passed> ProjectFiles::restore() const {
  auto restored = put_back(pyproject_path_, pyproject_, kMaxProjectFile);
  return restored ? put_back(lock_path_, lock_, kMaxLockFile) : restored;
}

}  // namespace toolpost::uv_package
