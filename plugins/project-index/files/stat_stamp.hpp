// SPDX-License-Identifier: Apache-2.0
// The stamp in what the kernel says about a file.
#pragma once

#include "files/file_stamp.hpp"

#include <sys/stat.h>

namespace toolpost::project_index {

inline std::int64_t nanoseconds_of(std::int64_t seconds, std::int64_t nanoseconds) noexcept {
  constexpr std::int64_t kPerSecond = 1'000'000'000;
  return seconds * kPerSecond + nanoseconds;
}

inline FileStamp stamp_of(const struct stat& status) noexcept {
  return {status.st_ino, static_cast<std::uint64_t>(status.st_size),
          nanoseconds_of(status.st_mtim.tv_sec, status.st_mtim.tv_nsec),
          nanoseconds_of(status.st_ctim.tv_sec, status.st_ctim.tv_nsec)};
}

inline FileStamp stamp_of(const struct statx& status) noexcept {
  return {status.stx_ino, status.stx_size,
          nanoseconds_of(status.stx_mtime.tv_sec, status.stx_mtime.tv_nsec),
          nanoseconds_of(status.stx_ctime.tv_sec, status.stx_ctime.tv_nsec)};
}

}  // namespace toolpost::project_index
