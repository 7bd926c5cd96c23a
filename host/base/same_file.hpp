// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

namespace toolpost {

// Whether two looks were at the same file, by whatever name.
inline bool is_same_file(const struct stat& left, const struct stat& right) noexcept {
  return left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

}  // namespace toolpost
