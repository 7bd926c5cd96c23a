// SPDX-License-Identifier: Apache-2.0
// What goes into a backup: which files, which variables, and which of them are secret.
#pragma once

#include "audit/directory.hpp"
#include "backup/manifest.hpp"
#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "config/config.hpp"
#include "config/load.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace toolpost::cli {

struct PlainFile {
  backup::Entry entry;
  std::string content;
};

// As long as it was when all of them were looked at; its process may write on.
struct OpenSegment {
  backup::Entry entry;
  UniqueFd fd;
  std::uint64_t size = 0;
};

struct BackupContents {
  std::vector<PlainFile> files;
  std::vector<OpenSegment> segments;  // the newest chains first
  std::vector<backup::SealedFile> secrets;
  std::vector<backup::LeftOut> left_out;
};

// Without `with_secrets` none is read, and each is in `left_out`.
Result<BackupContents> backup_contents(const config::Config& config,
                                       const config::Environment& environment, bool with_secrets);

}  // namespace toolpost::cli
