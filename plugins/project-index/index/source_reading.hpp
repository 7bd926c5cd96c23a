// SPDX-License-Identifier: Apache-2.0
// A file of the root as the index takes it in.
#pragma once

#include "files/root_directory.hpp"
#include "index/file_table.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace toolpost::project_index {

struct SourceFile {
  FileRecord record;  // the stamp is from before the reading
  std::string text;   // empty unless it is text; without what is hidden when it is shown, so that
                      // nothing made from it tells of that
};

// Never fails: a file that cannot be read says so in its traits and has the stamp of `listed`.
// Waits, a few milliseconds at most, until the file's last change is older than the clock of the
// file system can tell apart: a change after the reading has another stamp then.
SourceFile read_source(const RootDirectory& root, std::string_view path, const FileStamp& listed,
                       std::uint64_t max_bytes);

}  // namespace toolpost::project_index
