// SPDX-License-Identifier: Apache-2.0
#include "projects/project_place.hpp"

#include "files/relative_path.hpp"
#include "files/root_directory.hpp"

#include <array>
#include <climits>
#include <fcntl.h>
#include <optional>
#include <span>
#include <unistd.h>

namespace toolpost::project_index {

namespace {

// What is left of the path behind the root, when the root stands in front of it. The kernel decides
// later; this only chooses the root to ask about.
std::optional<std::string_view> behind(const std::string& root, std::string_view path) {
  if (!path.starts_with(root)) return std::nullopt;
  std::string_view rest = path.substr(root.size());
  if (!rest.empty() && rest.front() != '/' && root.back() != '/') return std::nullopt;
  while (rest.starts_with('/')) rest.remove_prefix(1);
  return rest;
}

std::string real_path(const FileDescriptor& directory) {
  std::array<char, PATH_MAX> buffer;
  const std::string link = "/proc/self/fd/" + std::to_string(directory.get());
  const ssize_t size = ::readlink(link.c_str(), buffer.data(), buffer.size());
  if (size <= 0 || static_cast<std::size_t>(size) >= buffer.size()) return {};
  return {buffer.data(), static_cast<std::size_t>(size)};
}

Checked<std::string> directory_below(const std::string& root, std::string_view relative) {
  if (relative.empty()) return root;
  const auto checked = relative_path(relative);
  if (!checked) return checked.refusal();
  const auto opened = RootDirectory::open(root);
  if (!opened) return opened.refusal();
  const auto found = opened->open_directory(*checked, O_PATH | O_DIRECTORY);
  if (!found) return found.refusal();
  std::string path = real_path(*found);
  if (path.empty() || path.front() != '/') {
    return Refusal{"'" + *checked + "': its real path can't be read"};
  }
  return path;
}

Checked<std::string> find_below(std::span<const std::string> roots, std::string_view argument) {
  while (argument.size() > 1 && argument.ends_with('/')) argument.remove_suffix(1);
  if (argument.empty() || argument == ".") return roots.front();
  if (argument.front() != '/') return directory_below(roots.front(), argument);
  for (const std::string& root : roots) {
    if (const auto rest = behind(root, argument)) return directory_below(root, *rest);
  }
  std::string list;
  for (const std::string& root : roots) list += (list.empty() ? "" : ", ") + root;
  return Refusal{"'" + std::string(argument) + "' is not below a configured root (" + list + ")"};
}

}  // namespace

Checked<std::string> find_project(const Settings& settings, std::string_view argument) {
  auto found = find_below(settings.roots, argument);
  return found ? found : within("project", found.refusal());
}

Checked<std::string> find_in_workspace(const Settings& settings, std::string_view argument) {
  auto found = find_below({&settings.workspace_root, 1}, argument);
  return found ? found : within("workspace_path", found.refusal());
}

std::string path_below(const std::string& root, const std::string& path) {
  const auto rest = behind(root, path);
  return rest ? std::string(*rest) : path;
}

}  // namespace toolpost::project_index
