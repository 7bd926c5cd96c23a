// SPDX-License-Identifier: Apache-2.0
// The version of this build, from the project() call of CMake.
#pragma once

#include <string_view>

namespace toolpost {

inline constexpr std::string_view kVersion = TOOLPOST_VERSION;

}  // namespace toolpost
