// SPDX-License-Identifier: Apache-2.0
// What is promised in milliseconds is promised of the program as it is shipped. With a sanitizer it
// is several times slower, and its tests run beside others.
#pragma once

namespace toolpost::testing {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int kSlowness = 4;
#else
inline constexpr int kSlowness = 1;
#endif

}  // namespace toolpost::testing
