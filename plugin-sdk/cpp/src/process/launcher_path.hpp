// SPDX-License-Identifier: Apache-2.0
// Where toolpost-launch is, seen from a plugin and from the program that loaded it.
#pragma once

#include <filesystem>
#include <string>

namespace toolpost::sdk::detail {

// Beside the plugin: in the directory above its own (a build tree), or in libexec/toolpost/ of a
// directory above that (an installation). Beside the program: in its directory or its prefix, for
// plugins that were put elsewhere. Throws Error(kUnavailable) that names what it looked at.
std::string find_launcher(const std::filesystem::path& plugin,
                          const std::filesystem::path& program);

}  // namespace toolpost::sdk::detail
