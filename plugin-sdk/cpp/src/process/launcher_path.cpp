// SPDX-License-Identifier: Apache-2.0
// The candidates in order, and what makes one unfit: whoever may change this program may run as the
// service.
#include "launcher_path.hpp"

#include <toolpost/error.hpp>
#include <toolpost/process.hpp>

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace toolpost::sdk {
namespace {

namespace fs = std::filesystem;

// prefix/lib/<architecture>/toolpost/plugins is the deepest place an installation uses.
constexpr int kMaxLevelsUp = 5;
constexpr const char* kName = "toolpost-launch";

// A host may load the library through a descriptor: /proc/self/fd/7 resolves to the file behind it.
fs::path own_library() {
  Dl_info info{};
  std::error_code error;
  if (dladdr(reinterpret_cast<const void*>(&own_library), &info) == 0) return {};
  return fs::canonical(info.dli_fname, error);
}

std::vector<fs::path> candidates(const fs::path& plugin, const fs::path& program) {
  const fs::path installed = fs::path("libexec") / "toolpost" / kName;
  std::vector<fs::path> paths;
  fs::path directory = plugin.parent_path().parent_path();
  if (plugin.is_absolute()) paths.push_back(directory / kName);
  for (int level = 0; level < kMaxLevelsUp && directory.has_relative_path(); ++level) {
    paths.push_back(directory / installed);
    directory = directory.parent_path();
  }
  if (program.is_absolute()) {
    paths.push_back(program.parent_path() / kName);
    paths.push_back(program.parent_path().parent_path() / installed);
  }
  return paths;
}

bool is_program(const fs::path& path, struct stat& status) {
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string detail::find_launcher(const fs::path& plugin, const fs::path& program) {
  std::string looked_at;
  for (const fs::path& path : candidates(plugin, program)) {
    struct stat status {};

    if (!is_program(path, status)) {
      looked_at += (looked_at.empty() ? "" : ", ") + path.string();
      continue;
    }
    const bool is_ours = status.st_uid == 0 || status.st_uid == geteuid();
    if (is_ours && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0) return path.string();
    throw Error(Status::kUnavailable,
                path.string() +
                    " may be changed by other users; it must belong to root or to this "
                    "user, and 'chmod go-w' must have been applied to it");
  }
  throw Error(Status::kUnavailable, "toolpost-launch was not found; looked at " + looked_at);
}

Launcher Launcher::find() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return Launcher(detail::find_launcher(own_library(), program));
}

}  // namespace toolpost::sdk
