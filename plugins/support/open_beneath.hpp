// SPDX-License-Identifier: Apache-2.0
// Opening by a path that the kernel keeps below a directory.
#pragma once

#include "files/file_descriptor.hpp"

namespace toolpost::project_index {

// openat2 from `directory`, not through symbolic links, magic links or mount points and never out
// of it. O_CLOEXEC is added. On failure the descriptor is not valid and errno says why.
//
// Opening a device can do something by itself; who does not know what is there opens it with O_PATH
// first.
FileDescriptor open_beneath(int directory, const char* path, int flags) noexcept;

}  // namespace toolpost::project_index
