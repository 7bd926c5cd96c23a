// SPDX-License-Identifier: Apache-2.0
// What a client declares about itself, in the form in which plugins see it.
#pragma once

#include "call/call.hpp"

namespace toolpost::call {

// `capabilities` may be null; the texts are JSON and may be empty.
ClientFacts make_client_facts(mcp::Version version, const json::Value* capabilities,
                              std::string_view capabilities_text, std::string_view client_info);

// From the _meta of a modern request.
ClientFacts modern_client_facts(const mcp::Message& message, mcp::Version version);

// The client has declared sampling.tools.
bool takes_sampling_tools(const ClientFacts& client);
// -32021 for one that has not.
mcp::Failure missing_sampling_tools();

// -32021 for a client that does not take tasks.
mcp::Failure missing_tasks_extension();

// -32021 with the ClientCapabilities that an item of this kind needs and the client lacks.
// `features` are TOOLPOST_CLIENT_* bits.
mcp::Failure missing_capability(std::uint32_t features, mcp::ItemKind kind);

}  // namespace toolpost::call
