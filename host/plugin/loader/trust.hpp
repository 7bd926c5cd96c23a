// SPDX-License-Identifier: Apache-2.0
// Who could have written this file? It, its directory and every directory on the way must belong to
// root or to the user, and nobody else may write there. The walk holds a descriptor at each step,
// so what was checked is what is opened, whatever happens to the names meanwhile.
#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <tuple>
#include <vector>

namespace toolpost::plugin {

// Identity of a file, whatever its name. Stable while a descriptor of it is open.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;

  bool operator==(const FileId&) const = default;
};

struct TrustedFile {
  UniqueFd fd;       // O_RDONLY | O_CLOEXEC
  std::string path;  // absolute, without symbolic links
  FileId id;
};

// Opens a regular file with a single name. Directories that root owns may be world-writable if they
// are sticky (/tmp), except the one the file is in. A refusal names the place and the command that
// mends it. `user` is who may own things beside root.
Result<TrustedFile> open_trusted(std::string_view path, uid_t user);
Result<TrustedFile> open_trusted(std::string_view path);

// The whole content, from the start; refused above `limit` bytes.
Result<std::vector<std::byte>> read_all(const TrustedFile& file, std::size_t limit);

}  // namespace toolpost::plugin
