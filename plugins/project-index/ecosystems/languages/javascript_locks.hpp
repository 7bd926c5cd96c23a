// SPDX-License-Identifier: Apache-2.0
// The lock files of npm, Yarn and pnpm.
#pragma once

#include "ecosystems/draft.hpp"

#include <string_view>

namespace toolpost::project_index {

void read_package_lock(std::string_view text, Draft& draft);  // versions 1, 2 and 3
void read_yarn_lock(std::string_view text, Draft& draft);     // version 1, and Berry
void read_pnpm_lock(std::string_view text, Draft& draft);

}  // namespace toolpost::project_index
