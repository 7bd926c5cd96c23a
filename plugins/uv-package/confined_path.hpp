// SPDX-License-Identifier: Apache-2.0
// Directories below the configured roots. The kernel resolves the path and refuses to leave the
// root on the way, by "..", by a symbolic link or by a magic link; text is never compared.
#pragma once

#include "checked.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::uv_package {

struct ConfinedDirectory {
  std::string root;  // the root it is below, resolved
  std::string path;  // resolved, absolute
};

enum class Links {
  kInsideRoot,  // symbolic links may be used as long as they stay below the root
  kNone,        // no symbolic link anywhere below the root
};

// A directory that exists below `root`. `relative` is resolved from the root.
Checked<ConfinedDirectory> directory_below(const std::string& root, std::string_view relative,
                                           Links links);

// A directory that exists below one of the roots: an absolute path, or one relative to the first.
Checked<ConfinedDirectory> directory_below_any(const std::vector<std::string>& roots,
                                               std::string_view path);

// True when something is there, also when it is a symbolic link that leads nowhere.
bool exists_without_following(const std::string& path);

}  // namespace toolpost::uv_package
