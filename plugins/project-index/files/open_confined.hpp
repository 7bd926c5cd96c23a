// SPDX-License-Identifier: Apache-2.0
// How everything below a root is opened.
#pragma once

#include "files/file_descriptor.hpp"

namespace toolpost::project_index {

// openat2 from `directory`, not through symbolic links, magic links or mount points and never out
// of it. O_CLOEXEC is added. On failure the descriptor is not valid and errno says why.
FileDescriptor open_confined(int directory, const char* path, int flags) noexcept;

}  // namespace toolpost::project_index
