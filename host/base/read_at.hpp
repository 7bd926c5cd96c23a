// SPDX-License-Identifier: Apache-2.0
// pread(2) gives as much as it likes; this goes on until it has everything.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace toolpost {

// `size` bytes of a regular file from `begin` on; fewer where the file ends before.
Result<std::string> read_at(int fd, std::uint64_t begin, std::size_t size);

}  // namespace toolpost
