// SPDX-License-Identifier: Apache-2.0
#include "files/directory_reading.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <sys/syscall.h>
#include <unistd.h>

namespace toolpost::project_index {

std::size_t DirectoryReading::length_of(const char* record) {
  std::uint16_t length = 0;
  std::memcpy(&length, record + kLengthAt, sizeof length);
  return length;
}

DirectoryReading::Filled DirectoryReading::fill(int directory) {
  constexpr std::size_t kLongestRecord = 512;  // a name has at most 255 bytes
  used_ = 0;
  while (buffer_.size() - used_ >= kLongestRecord) {
    const long got =
        ::syscall(SYS_getdents64, directory, buffer_.data() + used_, buffer_.size() - used_);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Filled::kFailed;
    if (got == 0) return Filled::kAll;
    used_ += static_cast<std::size_t>(got);
  }
  return Filled::kPart;
}

}  // namespace toolpost::project_index
