// SPDX-License-Identifier: Apache-2.0
#include "audit/follow.hpp"

#include "audit/line.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::audit {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

}  // namespace

Result<> Follower::begin() {
  return read([](std::string_view) {});
}

Result<> Follower::read(const std::function<void(std::string_view)>& take) {
  const auto chains = directory_.segments();
  if (!chains) return chains.error();
  for (const auto& [chain, segments] : *chains) {
    for (const std::uint32_t number : segments) {
      if (auto done = read_segment(segment_file_name(chain, number), take); !done) return done;
    }
  }
  return {};
}

Result<> Follower::read_segment(const std::string& name,
                                const std::function<void(std::string_view)>& take) {
  std::uint64_t& known = known_[name];

  struct stat status {};

  if (::fstatat(directory_.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? Result<>{} : errno_error("stat " + name, errno);
  }
  if (static_cast<std::uint64_t>(status.st_size) <= known) return {};
  const UniqueFd fd{
      ::openat(directory_.fd(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!fd) return errno == ENOENT ? Result<>{} : errno_error("open " + name, errno);
  std::string text;
  while (true) {
    const std::size_t begin = text.size();
    text.resize(begin + kChunkBytes);
    const ssize_t got =
        ::pread(fd.get(), text.data() + begin, kChunkBytes, static_cast<off_t>(known + begin));
    if (got < 0 && errno != EINTR) return errno_error("read " + name, errno);
    text.resize(begin + static_cast<std::size_t>(got < 0 ? 0 : got));
    if (got == 0) break;
    LineSplitter lines{text};
    for (std::string_view line; lines.next(line);) take(line);
    known += lines.at();
    text.clear();
  }
  return {};
}

}  // namespace toolpost::audit
