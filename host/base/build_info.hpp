// SPDX-License-Identifier: Apache-2.0
// The version of this build, from the project() call of CMake, and what it was made with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace toolpost {

inline constexpr std::string_view kVersion = TOOLPOST_VERSION;

struct LibraryVersion {
  std::string name;
  std::string version;     // in use now
  std::string built_with;  // where it is another file than the one in use; empty: the same
  std::string_view linked;
};

inline constexpr std::string_view kStatic = "static";    // compiled or copied into the program
inline constexpr std::string_view kDynamic = "dynamic";  // loaded when it starts

// Name and version.
std::string compiler_version();

// The libraries of the program, without those that one room alone may include: OpenSSL is in
// transport/tls_version.hpp, hiredis in store/redis_version.hpp.
std::vector<LibraryVersion> library_versions();

}  // namespace toolpost
