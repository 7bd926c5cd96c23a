// SPDX-License-Identifier: Apache-2.0
// By what a file that is only ever replaced is known to be another one, without reading it.
#pragma once

#include <cstdint>

namespace toolpost::identity {

// All zero: there is no file.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;  // since 1970
  std::int64_t changed_ns = 0;   // also moved by chmod and chown

  bool exists() const noexcept { return inode != 0; }

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

}  // namespace toolpost::identity
