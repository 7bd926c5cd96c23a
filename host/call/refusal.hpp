// SPDX-License-Identifier: Apache-2.0
// Answers that refuse a request, with the status that its era gives them.
#pragma once

#include "mcp/answer.hpp"
#include "mcp/version.hpp"

namespace toolpost::call {

mcp::Answer refusal(mcp::Failure failure, mcp::Version version, const mcp::RequestId& id);

// The server is stopping: nothing has been begun, and another server may be asked at once.
mcp::Failure stopping();

// It has stopped while the call ran. No 503: who gets that may ask again without a thought.
mcp::Failure interrupted();

// The plugin has been replaced or taken away, and did not finish the call in time.
mcp::Failure replaced(std::string_view plugin_id);

// JSON-RPC's way to say that a role may not; `data` names the rule.
mcp::Failure denied(std::string message, std::string_view rule);

}  // namespace toolpost::call
