// SPDX-License-Identifier: Apache-2.0
// Reads many files one after another into the same memory.
#pragma once

#include "checked.hpp"
#include "files/root_directory.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace toolpost::project_index {

// The whole file, in `buffer`, which grows and never shrinks; valid until that is used again.
// Refused above `limit` bytes.
Checked<std::string_view> read_whole(const OpenFile& file, std::uint64_t limit,
                                     std::string& buffer);

}  // namespace toolpost::project_index
