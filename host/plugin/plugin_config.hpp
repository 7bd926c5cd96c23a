// SPDX-License-Identifier: Apache-2.0
// The configuration a plugin gets: what the operator wrote, completed and checked.
#pragma once

#include "base/error.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace toolpost::plugin {

// Values of the host that a plugin may ask for by having a property of that name in its schema,
// e.g. "project_root". As JSON.
using HostValues = std::map<std::string, std::string, std::less<>>;

// "FILE:LINE:COLUMN" of what a JSON pointer leads to in the configuration that was given, or of the
// name of that `member` of it; empty when that is not known.
using ConfigPlace = std::function<std::string(std::string_view pointer, std::string_view member)>;

// What the operator wrote for one plugin.
struct GivenConfig {
  std::string json = "{}";
  std::string path = "config";  // its dotted path in the file, for messages
  ConfigPlace place;            // may be null
};

// `schema` is JSON. A property that is not given is taken from the host's values, or from the
// schema's "default"; only properties at the top of the schema are completed. The result is valid
// against the schema; the error has one line for each mistake.
Result<std::string> complete_config(const GivenConfig& given, std::string_view schema,
                                    const HostValues& host_values);

// Whether the schema is one, and what its properties have as `default` is what they may be. A
// mistake here is the plugin's, where one that complete_config() finds is the operator's.
Result<> check_config_schema(std::string_view schema);

}  // namespace toolpost::plugin
