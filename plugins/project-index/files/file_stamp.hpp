// SPDX-License-Identifier: Apache-2.0
// What tells that a file is still the one that was looked at.
#pragma once

#include <cstdint>

namespace toolpost::project_index {

struct FileStamp {
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

}  // namespace toolpost::project_index
