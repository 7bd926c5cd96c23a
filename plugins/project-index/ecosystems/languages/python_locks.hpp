// SPDX-License-Identifier: Apache-2.0
// The lock files of Python's tools.
#pragma once

#include "ecosystems/draft.hpp"

#include <string_view>

namespace toolpost::project_index {

// uv.lock, poetry.lock, pdm.lock, pylock.toml: an array of tables with name and version.
void read_package_tables(std::string_view text, Draft& draft);
void read_pipfile_lock(std::string_view text, Draft& draft);

}  // namespace toolpost::project_index
