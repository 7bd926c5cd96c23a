// SPDX-License-Identifier: Apache-2.0
// JSON manifests: parsed with bounds, and looked into without trust.
#pragma once

#include "ecosystems/draft.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string_view>

namespace toolpost::project_index {

// An empty object, after a complaint, when the text is no JSON object, or nests deeper than 64. A
// key that occurs twice is complained about; the last one counts.
boost::json::object json_object_of(std::string_view text, Draft& draft);

// Empty without the key; and after a complaint when it is something else.
const boost::json::object& object_at(const boost::json::object& object, std::string_view key,
                                     Draft& draft);
const boost::json::array& array_at(const boost::json::object& object, std::string_view key,
                                   Draft& draft);
std::string_view text_at(const boost::json::object& object, std::string_view key, Draft& draft);

// Empty unless it is a string.
std::string_view text_of(const boost::json::value& value);
// Without complaints.
std::string_view quiet_text_at(const boost::json::object& object, std::string_view key);

}  // namespace toolpost::project_index
