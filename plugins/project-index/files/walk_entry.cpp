// SPDX-License-Identifier: Apache-2.0
#include "files/walk_entry.hpp"

#include "files/stat_stamp.hpp"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

namespace toolpost::project_index {

namespace {

constexpr int kFlags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_SYNC_AS_STAT;

}  // namespace

Look look_at(int directory, const char* name, FileStamp& stamp) {
  struct statx status {};

  constexpr unsigned kWanted = STATX_TYPE | STATX_INO | STATX_SIZE | STATX_MTIME | STATX_CTIME;
  if (::statx(directory, name, kFlags, kWanted, &status) != 0) {
    return errno == ENOENT ? Look::kGone : Look::kFailed;
  }
  if (!S_ISREG(status.stx_mode)) return Look::kOther;
  stamp = stamp_of(status);
  return Look::kRegular;
}

unsigned char type_of(int directory, const DirectoryEntry& entry) {
  if (entry.type != DT_UNKNOWN) return entry.type;

  struct statx status {};

  if (::statx(directory, entry.name, kFlags, STATX_TYPE, &status) != 0) return DT_UNKNOWN;
  return static_cast<unsigned char>(IFTODT(status.stx_mode));
}

}  // namespace toolpost::project_index
