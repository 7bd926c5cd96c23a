// SPDX-License-Identifier: Apache-2.0
#include "resources/sight.hpp"

#include "project.hpp"
#include "resources/resources.hpp"

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>

namespace toolpost::uv_package {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxInterpreters = 8;
constexpr std::size_t kMaxEntries = 20000;

// Which file it is and when it was changed; a file that is written anew has another number or time.
void look_at_file(const std::string& path, std::string& look) {
  struct stat status {};

  look += path.substr(path.rfind('/') + 1);
  if (::lstat(path.c_str(), &status) == 0) {
    for (const auto number :
         {static_cast<long long>(status.st_ino), static_cast<long long>(status.st_size),
          static_cast<long long>(status.st_mtim.tv_sec),
          static_cast<long long>(status.st_mtim.tv_nsec),
          static_cast<long long>(status.st_ctim.tv_sec),
          static_cast<long long>(status.st_ctim.tv_nsec)}) {
      look += ' ' + std::to_string(number);
    }
  }
  look += '\n';
}

std::vector<std::string> sorted_entries(const std::string& directory) {
  std::vector<std::string> out;
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    if (out.size() == kMaxEntries) break;
    out.push_back(it->path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

bool is_directory(const std::string& path) {
  struct stat status {};

  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// The directory, or as long as it does not exist the nearest one above it: it shows there when it
// is made. Nothing above `top` is watched.
void watch_or_above(std::string path, const std::string& top, Sight& out) {
  while (!is_directory(path)) {
    if (path == top || path.size() <= 1) return;
    path = fs::path(path).parent_path().string();
  }
  out.directories.push_back(path);
}

// Every directory between the project and its environment: each can be taken away or put back.
void watch_way_to(const Project& project, const Settings& settings, Sight& out) {
  if (settings.environment.front() == '/') {
    watch_or_above(project.environment, "/", out);
    watch_or_above(fs::path(project.environment).parent_path().string(), "/", out);
    return;
  }
  for (std::string path = project.environment; path.size() >= project.path.size();
       path = fs::path(path).parent_path().string()) {
    if (is_directory(path)) out.directories.push_back(path);
  }
}

void look_at_installed(const std::string& environment, Sight& out) {
  std::size_t interpreters = 0;
  for (const char* library : {"/lib", "/lib64"}) {
    const std::string base = environment + library;
    if (!is_directory(base)) continue;  // "lib64" is usually a link to "lib"
    out.directories.push_back(base);
    for (const std::string& below : sorted_entries(base)) {
      if (fs::path(below).filename().string().rfind("python", 0) != 0 || !is_directory(below)) {
        continue;
      }
      if (++interpreters > kMaxInterpreters) return;
      out.directories.push_back(below);
      const std::string packages = below + "/site-packages";
      if (!is_directory(packages)) continue;
      out.directories.push_back(packages);
      for (const std::string& entry : sorted_entries(packages)) {
        if (fs::path(entry).extension() == ".dist-info") look_at_file(entry, out.look);
      }
    }
  }
}

}  // namespace

Sight sight_of(const Settings& settings, std::string_view uri) {
  Sight out;
  const auto named = named_resource(uri);
  if (!named) return out;
  const auto project = find_project(settings, named->project);
  if (!project) return out;
  if (named->row->source == Source::kProjectFiles) {
    out.directories.push_back(project->path);
    for (const char* file : {"/pyproject.toml", "/uv.lock", "/.python-version"}) {
      look_at_file(project->path + file, out.look);
    }
    return out;
  }
  watch_way_to(*project, settings, out);
  // What a read refuses is not looked into either.
  const auto environment = check_environment(settings, *project);
  if (!environment) {
    out.look = environment.refusal().text;
    return out;
  }
  look_at_file(project->environment + "/pyvenv.cfg", out.look);
  if (named->row->source == Source::kInstalled) look_at_installed(project->environment, out);
  return out;
}

}  // namespace toolpost::uv_package
