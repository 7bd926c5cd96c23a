// SPDX-License-Identifier: Apache-2.0
// The marks "x-toolpost-log" of an input schema, read once when the tool is registered.
#pragma once

#include "base/error.hpp"
#include "json/log_marks.hpp"
#include "json/value.hpp"

namespace toolpost::mcp {

// Marks count where a chain of "properties" leads from the root; "$ref", "items" and the like are
// not followed, so what stands there is never in clear by itself. A mark that is neither true nor
// false is an error.
Result<json::LogMarks> read_log_marks(const json::Value& input_schema);

}  // namespace toolpost::mcp
