// SPDX-License-Identifier: Apache-2.0
// What a person could mean who types a variable of a template.
#pragma once

#include "services.hpp"

#include <toolpost/suggestions.hpp>

namespace toolpost::project_index {

// Files of the project whose path begins as typed, and those whose name does.
sdk::Suggestions suggested_paths(Services& services, const sdk::Typed& typed);

}  // namespace toolpost::project_index
