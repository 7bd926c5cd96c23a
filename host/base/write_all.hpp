// SPDX-License-Identifier: Apache-2.0
// write(2) takes as much as it likes; this goes on until everything is taken.
#pragma once

#include "base/error.hpp"

#include <string_view>

namespace toolpost {

// `fd` must block.
Result<> write_all(int fd, std::string_view text);

}  // namespace toolpost
