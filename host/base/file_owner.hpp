// SPDX-License-Identifier: Apache-2.0
// Whom a file must belong to before what stands in it is believed.
#pragma once

#include "base/error.hpp"

#include <string>
#include <sys/stat.h>

namespace toolpost {

// What a mode allows to others than the owner.
inline constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

// A regular file of root or of the user that runs this process, which nobody else can write. The
// error names what mends it.
Result<> check_owner_and_writers(const struct stat& status, const std::string& path);

}  // namespace toolpost
