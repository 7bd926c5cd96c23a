// SPDX-License-Identifier: Apache-2.0
// Writing to a pipe whose reader may be gone, in a process whose signals are not ours to set.
#pragma once

#include <string_view>
#include <sys/types.h>

namespace toolpost::sdk::detail {

// write() that answers EPIPE and never raises SIGPIPE.
ssize_t write_to_pipe(int fd, std::string_view bytes) noexcept;

}  // namespace toolpost::sdk::detail
