// SPDX-License-Identifier: Apache-2.0
// How one configuration differs from another, key by key.
#pragma once

#include <string>
#include <string_view>

namespace toolpost {

// A JSON array of {"key":"http.port","from":8000,"to":9000}; a key that only one of them has has
// only that side. Empty text when nothing differs. Both are JSON objects as config::to_json() gives
// them, without secrets. Bounded: what does not fit is counted by an element {"more":n}.
std::string config_changes(std::string_view before, std::string_view after);

}  // namespace toolpost
