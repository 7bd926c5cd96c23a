// SPDX-License-Identifier: Apache-2.0
#include "index/whole_text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace toolpost::project_index {

Checked<std::string_view> read_whole(const OpenFile& file, std::uint64_t limit,
                                     std::string& buffer) {
  constexpr std::size_t kMinBuffer = std::size_t{16} << 10;
  const Refusal too_large{"it is larger than " + std::to_string(limit) + " bytes"};
  if (file.stamp().size > limit) return too_large;
  // One byte more than it should have: a read that comes short has seen the end.
  const auto wanted = std::max<std::size_t>(kMinBuffer, file.stamp().size + 1);
  if (buffer.size() < wanted) buffer.resize(wanted);
  std::size_t size = 0;
  for (;;) {
    const auto room = buffer.size() - size;
    const auto got = ::pread(file.get(), buffer.data() + size, room, static_cast<off_t>(size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Refusal{std::strerror(errno)};
    size += static_cast<std::size_t>(got);
    if (size > limit) return too_large;
    if (got == 0 || (static_cast<std::size_t>(got) < room && size >= file.stamp().size))
      return std::string_view(buffer).substr(0, size);
    if (size == buffer.size()) buffer.resize(size * 2);
  }
}

}  // namespace toolpost::project_index
