// SPDX-License-Identifier: Apache-2.0
// Files that may be pipes: opening one for writing waits for whoever reads it, and a start must
// not.
#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <string>
#include <sys/types.h>

namespace toolpost {

// open(2) with `flags`, O_WRONLY among them, that never waits; writing may. A pipe that nobody
// reads is refused.
Result<UniqueFd> open_for_writing(const std::string& path, int flags, mode_t mode = 0);

// Where `path` is a pipe, an end of it for writing: while that is kept nobody who opens the path
// waits. Empty where it is none, or not there.
Result<UniqueFd> hold_pipe(const std::string& path);

}  // namespace toolpost
