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

// The clock of a file system goes in steps of some milliseconds: a change in the same step as the
// one before has the same stamp.
enum class Settling : bool {
  kWaitedFor,  // until the file's last change is older than that: a change after the reading shows
  kNoted,      // in the traits: whoever hears of a change reads the file again, whatever its stamp
};

// Never fails: a file that cannot be read says so in its traits and has the stamp of `listed`.
SourceFile read_source(const RootDirectory& root, std::string_view path, const FileStamp& listed,
                       std::uint64_t max_bytes, Settling settling = Settling::kWaitedFor);

}  // namespace toolpost::project_index
