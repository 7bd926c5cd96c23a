// SPDX-License-Identifier: Apache-2.0
// From a plugin's outcome to the answer of the client's revision: parse, check against the output
// schema, translate. Pure, so that a large result can be worked on away from the I/O thread.
#pragma once

#include "call/backend.hpp"
#include "call/ending.hpp"
#include "mcp/server_info.hpp"

#include <optional>
#include <string>

namespace toolpost::call {

struct Rendered {
  mcp::Answer answer;
  std::string complaint{};  // what the plugin did wrong, for the log; empty when all is well
  Ending ending{};
};

Rendered render_outcome(const Call& call, const Outcome& outcome, const mcp::ServerInfo& info);

// A tool error (isError) in the words of the host.
mcp::Answer tool_error(const Call& call, std::string_view message, const mcp::ServerInfo& info);
// Of a request that did not become a call.
mcp::Answer tool_error(const mcp::RequestId& id, mcp::Version version, std::string_view message,
                       const mcp::ServerInfo& info);

}  // namespace toolpost::call
