// SPDX-License-Identifier: Apache-2.0
// What an entry of a directory is, asked relative to the directory and never through a link.
#pragma once

#include "files/directory_reading.hpp"
#include "files/file_stamp.hpp"

#include <cstdint>

namespace toolpost::project_index {

enum class Look : std::uint8_t {
  kRegular,
  kOther,   // not a regular file, or no longer one
  kGone,    // removed meanwhile
  kFailed,  // the system does not say
};

// Fills the stamp of a regular file.
Look look_at(int directory, const char* name, FileStamp& stamp);

// DT_REG and so on, also on file systems whose directories do not say; DT_UNKNOWN when it can't be
// found out.
unsigned char type_of(int directory, const DirectoryEntry& entry);

}  // namespace toolpost::project_index
