// SPDX-License-Identifier: Apache-2.0
// What can be said of a configuration schema without a validator: that its keywords have the shape
// that JSON Schema 2020-12 wants, and that the defaults of its properties are what these may be.
// The host looks closer; whatever is refused here, it refuses, too.
#pragma once

#include <toolpost/json.hpp>

#include <optional>
#include <string>

namespace toolpost::manifest {

// The first mistake and its place, such as "/properties/count/type: …"; nothing when all is well.
std::optional<std::string> find_schema_mistake(const sdk::Json& schema);

}  // namespace toolpost::manifest
