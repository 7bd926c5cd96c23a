// SPDX-License-Identifier: Apache-2.0
// Parameters that a tool's schema mirrors into headers ("x-mcp-header"), so that intermediaries can
// route on them. The bindings are worked out when the tool is registered; a call only compares.
#pragma once

#include "base/error.hpp"
#include "json/value.hpp"
#include "mcp/answer.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace toolpost::mcp {

struct HeaderBinding {
  std::string header;             // lower case, what follows "mcp-param-"
  std::vector<std::string> path;  // property names from the root of the arguments
};

// What came with the request: names in lower case without "mcp-param-", values as sent.
using ParamHeaders = std::vector<std::pair<std::string, std::string>>;

// Fails on an annotation that a client would have to reject: not a token, used twice, on anything
// but a string, integer or boolean, or where "properties" alone does not lead.
Result<std::vector<HeaderBinding>> read_header_bindings(const json::Value& input_schema);

// -32020 when a header is missing or says something else than the arguments. `arguments` may be
// null.
std::optional<Failure> check_param_headers(const std::vector<HeaderBinding>& bindings,
                                           const json::Value* arguments,
                                           const ParamHeaders& headers);

}  // namespace toolpost::mcp
