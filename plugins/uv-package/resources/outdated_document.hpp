// SPDX-License-Identifier: Apache-2.0
// Which packages have newer versions that the project's requirements allow: what 'upgrade' would
// do, found in the same way, in a private copy. The one resource that no file can answer.
#pragma once

#include "checked.hpp"
#include "services.hpp"

#include <toolpost/call.hpp>
#include <toolpost/json.hpp>

namespace toolpost::uv_package {

// Starts uv, which asks the index; changes nothing in the project.
Checked<sdk::Json> outdated_document(Services& services, const sdk::Call& call);

}  // namespace toolpost::uv_package
