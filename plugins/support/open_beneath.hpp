// SPDX-License-Identifier: Apache-2.0
// Opening by a path that the kernel keeps below a directory.
#pragma once

#include "support/file_descriptor.hpp"

#include <cstdint>

namespace toolpost::support {

// openat2 from `directory`, never out of it and through no magic link. `more` are further limits of
// the kernel's, RESOLVE_NO_SYMLINKS or RESOLVE_NO_XDEV. O_CLOEXEC is added to the flags. On failure
// the descriptor is not valid and errno says why.
FileDescriptor open_beneath(int directory, const char* path, int flags,
                            std::uint64_t more) noexcept;

}  // namespace toolpost::support
