// SPDX-License-Identifier: Apache-2.0
// File systems that change without this kernel's doing: inotify tells nothing of what another
// machine, or the server behind FUSE, writes there.
#pragma once

#include <cstdint>

namespace toolpost::project_index {

// By the magic number that statfs(2) gives. FUSE is among them: virtiofs, the shares of desktop
// virtual machines and sshfs are of that type, and nothing tells them from a local one.
bool is_network_file_system(std::uint64_t type) noexcept;

// Of the open file or directory; false where it can't be told.
bool is_on_network_file_system(int descriptor) noexcept;

}  // namespace toolpost::project_index
