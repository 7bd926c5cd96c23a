// SPDX-License-Identifier: Apache-2.0
// From a plugin's outcome to the answer of the client's revision: parse, check against the output
// schema, translate, seal what the client is to carry. Away from the I/O thread, so that a large
// result delays nobody.
#pragma once

#include "call/backend.hpp"
#include "call/ending.hpp"
#include "call/request_state.hpp"
#include "identity/seal_keys.hpp"
#include "mcp/server_info.hpp"

#include <memory>
#include <optional>
#include <string>

namespace toolpost::call {

struct Rendered {
  mcp::Answer answer;
  std::string complaint{};  // what the plugin did wrong, for the log; empty when all is well
  Ending ending{};
  Questions questions{};  // instead of an answer, see asks_later()
};

struct RenderContext {
  std::shared_ptr<const mcp::ServerInfo> info;
  const identity::SealKeys* seal_keys = nullptr;  // null: nothing can be sealed
};

Rendered render_outcome(const Call& call, const Outcome& outcome, const RenderContext& context);

// Questions of the call's plugin are not answered with at once: a legacy client is sent requests,
// and a task asks by its status.
bool asks_later(const Call& call) noexcept;

// The questions as the answer to a modern client.
Result<mcp::Answer> sealed_questions(const Call& call,
                                     const std::vector<mcp::InputRequest>& requests,
                                     std::string_view resume_state, const RenderContext& context);

// An error in the words of the host: a tool's as a tool error (isError), which the model reads, any
// other with `code`.
mcp::Answer told_error(const Call& call, std::string_view message, int code,
                       const mcp::ServerInfo& info);

// What binds the state of a call to it.
StateOwner state_owner(const Call& call);

}  // namespace toolpost::call
