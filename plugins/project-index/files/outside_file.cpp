// SPDX-License-Identifier: Apache-2.0
#include "files/outside_file.hpp"

#include "files/root_directory.hpp"
#include "files/stat_stamp.hpp"

#include <fcntl.h>

namespace toolpost::project_index {

std::optional<std::string> read_outside_file(const std::string& path, LastLink last_link) {
  const int links = last_link == LastLink::kRefused ? O_NOFOLLOW : 0;
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | links));

  struct stat status {};

  if (!file.valid() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  auto content = OpenFile(std::move(file), stamp_of(status), path).read_all(kMaxRuleFile);
  if (!content) return std::nullopt;
  return std::move(*content);
}

}  // namespace toolpost::project_index
