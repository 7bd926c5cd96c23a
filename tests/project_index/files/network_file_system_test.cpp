// SPDX-License-Identifier: Apache-2.0
// Which file systems change without an event.
#include "files/network_file_system.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <linux/magic.h>
#include <unistd.h>
#include <vector>

using namespace toolpost::project_index;

TEST_CASE("network file system: those that another machine writes to are known by their type") {
  using Types = std::vector<std::uint64_t>;
  for (const std::uint64_t type :
       Types{NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, CEPH_SUPER_MAGIC, V9FS_MAGIC, CODA_SUPER_MAGIC}) {
    CAPTURE(type);
    CHECK(is_network_file_system(type));
  }
  for (const std::uint64_t type : Types{EXT4_SUPER_MAGIC, BTRFS_SUPER_MAGIC, XFS_SUPER_MAGIC,
                                        TMPFS_MAGIC, OVERLAYFS_SUPER_MAGIC}) {
    CAPTURE(type);
    CHECK_FALSE(is_network_file_system(type));
  }
  const auto smb2_with_its_sign = static_cast<std::uint64_t>(static_cast<std::int32_t>(0xfe534d42));
  CHECK(is_network_file_system(smb2_with_its_sign));
}

TEST_CASE("network file system: what is no file is on none") {
  const int proc = ::open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  REQUIRE(proc >= 0);
  CHECK_FALSE(is_on_network_file_system(proc));
  ::close(proc);
  CHECK_FALSE(is_on_network_file_system(-1));
}
