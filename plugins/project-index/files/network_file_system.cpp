// SPDX-License-Identifier: Apache-2.0
#include "files/network_file_system.hpp"

#include <algorithm>
#include <array>
#include <sys/vfs.h>

namespace toolpost::project_index {

namespace {

// linux/magic.h has not all of them; the rest is from the file systems' own sources.
constexpr std::array<std::uint32_t, 20> kTypes{
    0x6969,      // NFS
    0x517b,      // SMB
    0xff534d42,  // CIFS
    0xfe534d42,  // SMB 2 and 3
    0x65735546,  // FUSE
    0x01021997,  // 9P
    0x00c36400,  // Ceph
    0x5346414f,  // AFS of OpenAFS
    0x6b414653,  // AFS of the kernel
    0x73757245,  // Coda
    0x0bd00bd0,  // Lustre
    0x01161970,  // GFS2
    0x7461636f,  // OCFS2
    0x47504653,  // GPFS
    0x19830326,  // BeeGFS
    0xaad7aaea,  // PanFS
    0xbeefdead,  // StorNext
    0x786f4256,  // shared folders of VirtualBox
    0xbacbacbc,  // shared folders of VMware
    0x7c7c6673,  // shared folders of Parallels
};

}  // namespace

bool is_network_file_system(std::uint64_t type) noexcept {
  // The number has 32 bits; some architectures give it with its sign.
  return std::find(kTypes.begin(), kTypes.end(), static_cast<std::uint32_t>(type)) != kTypes.end();
}

bool is_on_network_file_system(int descriptor) noexcept {
  struct statfs status {};

  return ::fstatfs(descriptor, &status) == 0 &&
         is_network_file_system(static_cast<std::uint64_t>(status.f_type));
}

}  // namespace toolpost::project_index
