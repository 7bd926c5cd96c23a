// SPDX-License-Identifier: Apache-2.0
// The half of mcp/definition.hpp that deals with tools.
#pragma once

#include "mcp/definition.hpp"

namespace toolpost::mcp {

// `tool` is what `definition` says; its common members are checked already.
Result<Definition> read_tool_definition(const json::Value& tool, std::string_view definition,
                                        std::string_view key, std::string_view prefix,
                                        const Traits& traits);

}  // namespace toolpost::mcp
