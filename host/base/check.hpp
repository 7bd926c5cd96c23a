// SPDX-License-Identifier: Apache-2.0
// TOOLPOST_CHECK states what must be true whatever the input; if it is not, the program has a bug
// and stops here, before it does damage.
#pragma once

namespace toolpost {

[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace toolpost

// Without its directory: the program does not name the place where it was built.
#define TOOLPOST_CHECK(condition) \
  ((condition) ? void(0) : ::toolpost::check_failed(#condition, __FILE_NAME__, __LINE__))
