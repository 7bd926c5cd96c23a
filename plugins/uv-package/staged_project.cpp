// SPDX-License-Identifier: Apache-2.0
#include "staged_project.hpp"

#include "file_reading.hpp"
#include "project_lock.hpp"
#include "toml_file.hpp"

#include <array>
#include <filesystem>
#include <set>

namespace toolpost::uv_package {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxEntries = 20000;
constexpr std::array<std::string_view, 4> kSettingsFiles = {"pyproject.toml", "uv.toml",
                                                            ".python-version", ".python-versions"};

bool is_settings_file(std::string_view name) {
  for (const std::string_view file : kSettingsFiles) {
    if (file == name) return true;
  }
  return name == "uv.lock" || name == kProjectLockName;
}

Checked<Passed> copy_file(const fs::path& from, const fs::path& to, std::size_t limit) {
  const auto content = read_file(from.string(), limit);
  if (!content) return content.refusal();
  return content->has_value() ? replace_file(to.string(), **content) : Passed{};
}

class Copy {
 public:
  Copy(std::string root, const Project& project, const std::vector<std::string>& directories)
      : root_(std::move(root)), project_(project), directories_(directories) {
    // What stands between the directories must be real ones in the copy, too.
    for (fs::path at : directories) {
      for (; at != at.root_path(); at = at.parent_path()) real_.insert(at.string());
    }
  }

  Checked<Passed> make() {
    for (const std::string& directory : real_) {
      std::error_code error;
      fs::create_directories(root_ + directory, error);
      if (error) return Refusal{root_ + directory + ": " + error.message()};
      if (!is_inside_a_project(directory)) continue;
      if (auto linked = link_entries(directory); !linked) return linked;
    }
    for (const std::string& directory : directories_) {
      for (const std::string_view file : kSettingsFiles) {
        const std::string path = directory + "/" + std::string(file);
        if (auto done = copy_file(path, root_ + path, kMaxProjectFile); !done) return done;
      }
    }
    const std::string lock = project_.path + "/uv.lock";
    return copy_file(lock, root_ + lock, kMaxLockFile);
  }

 private:
  // Only below a project are there sources that a build may want.
  bool is_inside_a_project(const std::string& directory) const {
    for (const std::string& project : directories_) {
      const bool is_below = directory.size() > project.size() && directory[project.size()] == '/';
      if (directory == project ||
          (is_below && directory.compare(0, project.size(), project) == 0)) {
        return true;
      }
    }
    return false;
  }

  Checked<Passed> link_entries(const std::string& directory) {
    std::error_code error;
    for (fs::directory_iterator it(directory, error), end; !error && it != end;
         it.increment(error)) {
      const std::string path = it->path().string();
      if (is_settings_file(it->path().filename().string()) || real_.count(path) != 0) continue;
      if (path == project_.environment) continue;
      if (++entries_ > kMaxEntries) {
        return Refusal{directory + " has more than " + std::to_string(kMaxEntries) +
                       " entries; a project of that size is not handled"};
      }
      std::error_code failed;
      fs::create_symlink(path, root_ + path, failed);
      if (failed) return Refusal{root_ + path + ": " + failed.message()};
    }
    return error ? Checked<Passed>(Refusal{directory + ": " + error.message()}) : Passed{};
  }

  std::string root_;
  const Project& project_;
  const std::vector<std::string>& directories_;
  std::set<std::string> real_;
  std::size_t entries_ = 0;
};

}  // namespace

Checked<StagedProject> StagedProject::make(const ScratchDirectory& scratch, const Project& project,
                                           const std::vector<std::string>& directories) {
  StagedProject out;
  out.root_ = scratch.path() + "/files";
  out.path_ = out.root_ + project.path;
  if (auto made = Copy(out.root_, project, directories).make(); !made) return made.refusal();
  return out;
}

std::string StagedProject::real(const std::string& named) const {
  const fs::path absolute = (fs::path(path_) / named).lexically_normal();
  const std::string text = absolute.string();
  const bool is_staged = text.compare(0, root_.size(), root_) == 0 && text[root_.size()] == '/';
  std::string out = is_staged ? text.substr(root_.size()) : text;
  while (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

}  // namespace toolpost::uv_package
