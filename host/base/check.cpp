// SPDX-License-Identifier: Apache-2.0
#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace toolpost {

void check_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "toolpost: bug: %s is false (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace toolpost
