// SPDX-License-Identifier: Apache-2.0
// How one configuration differs from another, key by key.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost {

struct ConfigChange {
  std::string key;
  std::optional<std::string> from;  // JSON on one line; nothing: it was not there
  std::optional<std::string> to;
};

// Both are JSON objects as config::to_json() gives them, without secrets.
std::vector<ConfigChange> list_config_changes(std::string_view before, std::string_view after);

// A JSON array of {"key":"http.port","from":8000,"to":9000}; a key that only one of them has has
// only that side. Empty text when nothing differs. Both are JSON objects as config::to_json() gives
// them, without secrets. Bounded: what does not fit is counted by an element {"more":n}.
std::string config_changes(std::string_view before, std::string_view after);

}  // namespace toolpost
