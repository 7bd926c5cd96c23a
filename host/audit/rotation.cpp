// SPDX-License-Identifier: Apache-2.0
#include "audit/rotation.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::audit {
namespace {

constexpr const char* kRequest = "rotate.request";

}  // namespace

Result<std::map<std::string, std::uint32_t>> living_chains(const Directory& directory) {
  const auto chains = directory.segments();
  if (!chains) return chains.error();
  std::map<std::string, std::uint32_t> living;
  for (const auto& [chain, segments] : *chains) {
    const std::string name = segment_file_name(chain, segments.back());
    const UniqueFd fd{
        ::openat(directory.fd(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (fd && is_locked(fd.get())) living.emplace(chain, segments.back());
  }
  return living;
}

Result<> request_rotation(const Directory& directory) {
  return directory.replace(kRequest, std::to_string(::getpid()) + "\n");
}

void withdraw_rotation(const Directory& directory) {
  ::unlinkat(directory.fd(), kRequest, 0);
}

RotationWatch::RotationWatch(const Directory& directory) : directory_(directory), seen_(stamp()) {}

bool RotationWatch::look() {
  std::string now = stamp();
  if (now.empty() || now == seen_) return false;
  seen_ = std::move(now);
  return true;
}

// What tells one request from another; empty when there is none.
std::string RotationWatch::stamp() const {
  struct stat status {};

  if (::fstatat(directory_.fd(), kRequest, &status, AT_SYMLINK_NOFOLLOW) != 0) return {};
  return std::to_string(status.st_ino) + ":" + std::to_string(status.st_mtim.tv_sec) + "." +
         std::to_string(status.st_mtim.tv_nsec);
}

}  // namespace toolpost::audit
