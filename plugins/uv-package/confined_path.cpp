// SPDX-License-Identifier: Apache-2.0
#include "confined_path.hpp"

#include "file_descriptor.hpp"
#include "support/open_beneath.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::uv_package {

namespace {

FileDescriptor open_directory(int root, const std::string& relative, Links links) {
  return support::open_beneath(root, relative.c_str(), O_PATH | O_DIRECTORY,
                               links == Links::kNone ? RESOLVE_NO_SYMLINKS : 0);
}

// The kernel's own name for an open directory.
std::string path_of(const FileDescriptor& directory) {
  std::array<char, PATH_MAX> buffer;
  const std::string link = "/proc/self/fd/" + std::to_string(directory.get());
  const ssize_t size = ::readlink(link.c_str(), buffer.data(), buffer.size());
  if (size <= 0 || static_cast<std::size_t>(size) >= buffer.size() || buffer[0] != '/') return {};
  return {buffer.data(), static_cast<std::size_t>(size)};
}

std::string reason_of(int error_number) {
  switch (error_number) {
    case EXDEV:
      return "leads out of the root";
    case ELOOP:
      return "goes through a symbolic link, which is not allowed here";
    case ENOENT:
      return "does not exist";
    case ENOTDIR:
      return "is not a directory";
    case ENOSYS:
      return "can't be checked: this kernel has no openat2 (Linux 5.6 or newer is needed)";
    default:
      return std::strerror(error_number);
  }
}

// "/srv/a" of "/srv/a/b" gives "b"; nothing when it is not below by name. The kernel decides later,
// this only chooses the root to ask about.
bool relative_to(const std::string& root, std::string_view path, std::string& out) {
  if (path.substr(0, root.size()) != root) return false;
  std::string_view rest = path.substr(root.size());
  if (!rest.empty() && rest.front() != '/' && root.back() != '/') return false;
  while (!rest.empty() && rest.front() == '/') rest.remove_prefix(1);
  out = rest;
  return true;
}

bool has_control_character(std::string_view path) {
  return std::any_of(path.begin(), path.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

}  // namespace

Checked<ConfinedDirectory> directory_below(const std::string& root, std::string_view relative,
                                           Links links) {
  if (has_control_character(relative)) return Refusal{"the path contains a control character"};
  const FileDescriptor base(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!base.valid()) return Refusal{"the root " + root + " " + reason_of(errno)};
  const std::string name = relative.empty() ? "." : std::string(relative);
  const FileDescriptor found = open_directory(base.get(), name, links);
  if (!found.valid()) {
    return Refusal{"'" + name + "' below " + root + " " + reason_of(errno)};
  }
  ConfinedDirectory out{path_of(base), path_of(found)};
  if (out.root.empty() || out.path.empty()) {
    return Refusal{"'" + name + "': its real path can't be read"};
  }
  return out;
}

Checked<ConfinedDirectory> directory_below_any(const std::vector<std::string>& roots,
                                               std::string_view path) {
  if (path.empty() || path.front() != '/') {
    return directory_below(roots.front(), path, Links::kInsideRoot);
  }
  for (const std::string& root : roots) {
    std::string relative;
    if (relative_to(root, path, relative)) {
      return directory_below(root, relative, Links::kInsideRoot);
    }
  }
  std::string list;
  for (const std::string& root : roots) list += (list.empty() ? "" : ", ") + root;
  return Refusal{"'" + std::string(path) + "' is not below a configured root (" + list + ")"};
}

bool exists_without_following(const std::string& path) {
  struct stat status {};

  return ::lstat(path.c_str(), &status) == 0;
}

}  // namespace toolpost::uv_package
