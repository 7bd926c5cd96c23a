// SPDX-License-Identifier: Apache-2.0
// The configuration a plugin gets: what the operator wrote, completed and checked.
#pragma once

#include "base/error.hpp"

#include <map>
#include <string>
#include <string_view>

namespace toolpost::plugin {

// Values of the host that a plugin may ask for by having a property of that name in its schema,
// e.g. "project_root". As JSON.
using HostValues = std::map<std::string, std::string, std::less<>>;

// `given` and `schema` are JSON. A property that is not given is taken from the host's values, or
// from the schema's "default"; only properties at the top of the schema are completed. The result
// is valid against the schema.
Result<std::string> complete_config(std::string_view given, std::string_view schema,
                                    const HostValues& host_values);

}  // namespace toolpost::plugin
