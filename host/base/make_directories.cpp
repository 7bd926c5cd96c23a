// SPDX-License-Identifier: Apache-2.0
#include "base/make_directories.hpp"

#include "base/unique_fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>

namespace toolpost {
namespace {

constexpr mode_t kDirectoryMode = 0700;

Result<> make_directory(const std::filesystem::path& directory) {
  if (::mkdir(directory.c_str(), kDirectoryMode) != 0) {
    if (errno == EEXIST) return {};
    return errno_error("make directory " + directory.string(), errno);
  }
  std::string parent = directory.parent_path().string();
  if (parent.empty()) parent = ".";
  const UniqueFd above{::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!above || ::fsync(above.get()) != 0) return errno_error("sync " + parent, errno);
  return {};
}

}  // namespace

Result<> make_private_directories(const std::filesystem::path& directory) {
  struct stat status {};

  if (directory.empty() || ::stat(directory.c_str(), &status) == 0) return {};
  if (auto made = make_private_directories(directory.parent_path()); !made) return made;
  return make_directory(directory);
}

}  // namespace toolpost
