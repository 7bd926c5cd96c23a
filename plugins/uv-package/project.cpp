// SPDX-License-Identifier: Apache-2.0
#include "project.hpp"

#include "confined_path.hpp"
#include "file_reading.hpp"
#include "toml_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <tuple>
#include <unistd.h>
#include <vector>

namespace toolpost::uv_package {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCacheTag = "Signature: 8a477f597d28d172789f06886806bc55";

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(), [&](std::string_view beginning) {
    return text.substr(0, beginning.size()) == beginning;
  });
}

// What uv writes before pyvenv.cfg, and nothing else.
bool is_unfinished(const std::string& path) {
  const auto tag = read_head(path + "/CACHEDIR.TAG", kCacheTag.size());
  if (!tag || (!tag->empty() && *tag != kCacheTag)) return false;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    const std::string name = entry.path().filename().string();
    const fs::file_status status = entry.symlink_status(error);
    const bool is_empty = fs::is_regular_file(status) && entry.file_size(error) == 0;
    const bool is_of_uv = name == "CACHEDIR.TAG" || name == ".gitignore" ||
                          (name == "bin" && fs::is_directory(status)) ||
                          (name == "pyvenv.cfg" && is_empty);
    if (!is_of_uv || error) return false;
  }
  if (error || !fs::exists(path + "/bin")) return !error;
  for (const auto& entry : fs::directory_iterator(path + "/bin", error)) {
    const std::string name = entry.path().filename().string();
    if (!starts_with_any(name, {"python", "activate", "deactivate", "pydoc"})) return false;
  }
  return !error;
}

Checked<EnvironmentState> check_is_environment(const std::string& path) {
  std::error_code error;
  const auto head = read_head(path + "/pyvenv.cfg", 1);
  if (head && !head->empty()) return EnvironmentState::kPresent;
  if (is_unfinished(path)) return EnvironmentState::kUnfinished;
  if (fs::is_empty(path, error) && !error) return EnvironmentState::kAbsent;
  return Refusal{path + " exists but is no virtual environment (it has no pyvenv.cfg)"};
}

Checked<Passed> put(const std::string& path, const std::optional<std::string>& content,
                    std::size_t limit) {
  const auto present = read_file(path, limit);
  if (present && *present == content) return Passed{};
  if (content) return replace_file(path, *content);
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return Passed{};
  return Refusal{path + ": " + std::strerror(errno)};
}

Checked<Passed> check_same(const std::string& path, const std::optional<std::string>& content,
                           std::size_t limit) {
  const auto present = read_file(path, limit);
  if (!present) return present.refusal();
  if (*present == content) return Passed{};
  return Refusal{path + " was changed by somebody else in the meantime; nothing was changed here"};
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

Checked<Passed> remove_unfinished_environment(const Project& project) {
  std::error_code error;
  fs::remove_all(project.environment, error);
  if (!error) return Passed{};
  return Refusal{project.environment + " was left unfinished by an earlier call and can't be " +
                 "removed: " + error.message()};
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

Checked<Passed> ProjectFiles::replace_from(const std::string& directory) {
  const auto pyproject = read_file(directory + "/pyproject.toml", kMaxProjectFile);
  if (!pyproject) return pyproject.refusal();
  const auto lock = read_file(directory + "/uv.lock", kMaxLockFile);
  if (!lock) return lock.refusal();
  if (auto same = check_same(pyproject_path_, pyproject_, kMaxProjectFile); !same) return same;
  if (auto same = check_same(lock_path_, lock_, kMaxLockFile); !same) return same;
  // Both are on disk before the first is moved: a crash between the two moves is all that could
  // leave one without the other.
  std::vector<Replacement> replacements;
  for (const auto& [path, before, after] :
       {std::tuple(&pyproject_path_, &pyproject_, &*pyproject), {&lock_path_, &lock_, &*lock}}) {
    if (*before == *after || !after->has_value()) continue;
    auto replacement = Replacement::write(*path, **after);
    if (!replacement) return replacement.refusal();
    replacements.push_back(std::move(*replacement));
  }
  is_replaced_ = true;
  for (Replacement& replacement : replacements) {
    if (auto moved = replacement.move(); !moved) return moved;
  }
  return Passed{};
}

Checked<Passed> ProjectFiles::restore() const {
  if (!is_replaced_) return Passed{};
  auto restored = put(pyproject_path_, pyproject_, kMaxProjectFile);
  return restored ? put(lock_path_, lock_, kMaxLockFile) : restored;
}

}  // namespace toolpost::uv_package
