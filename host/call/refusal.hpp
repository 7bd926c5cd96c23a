// SPDX-License-Identifier: Apache-2.0
// Answers that refuse a request, with the status that its era gives them.
#pragma once

#include "mcp/answer.hpp"
#include "mcp/version.hpp"

#include <chrono>

namespace toolpost::call {

mcp::Answer refusal(mcp::Failure failure, mcp::Version version, const mcp::RequestId& id);

// The server is stopping: nothing has been begun, and another server may be asked at once.
mcp::Failure stopping();

// `what` has ended the call while it ran, as in "The server was stopped". No 503: who gets that may
// ask again without a thought.
mcp::Failure interrupted(std::string_view what);

// The plugin has been replaced or taken away before it began with the call, or while that asked.
mcp::Failure replaced(std::string_view plugin_id);

// The plugin let several calls in a row time out, and is given none for `wait`.
mcp::Failure left_alone(std::string_view plugin_id, std::chrono::milliseconds wait);

// JSON-RPC's way to say that a role may not; `data` names the rule.
mcp::Failure denied(std::string message, std::string_view rule);

}  // namespace toolpost::call
