// SPDX-License-Identifier: Apache-2.0
// The configuration written out again, and the JSON Schema that editors check the file with. Both
// walk the tables of keys.cpp.
#pragma once

#include "config/config.hpp"

#include <string>

namespace toolpost::config {

enum class Origins { kHide, kAsComments };

// Pretty JSON that load() reads back. What looks like a secret in a plugin's settings is hidden.
std::string to_json(const Config& config, Origins origins = Origins::kHide);

// The text of config/toolpost.schema.json.
std::string json_schema();

}  // namespace toolpost::config
