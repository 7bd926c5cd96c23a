// SPDX-License-Identifier: Apache-2.0
#include "base/file_owner.hpp"

#include <unistd.h>

namespace toolpost {

Result<> check_owner_and_writers(const struct stat& status, const std::string& path) {
  if (!S_ISREG(status.st_mode)) return invalid(path + ": not a regular file");
  const uid_t user = geteuid();
  if (status.st_uid != 0 && status.st_uid != user) {
    return Error{Errc::kDenied, path + ": belongs to user " + std::to_string(status.st_uid) +
                                    ", but only root or the user that runs toolpost may own it; "
                                    "mend it with: chown " +
                                    std::to_string(user) + " '" + path + "'"};
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Error{
        Errc::kDenied,
        path + ": others than its owner can write it; mend it with: chmod go-w '" + path + "'"};
  }
  return {};
}

}  // namespace toolpost
