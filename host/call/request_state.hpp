// SPDX-License-Identifier: Apache-2.0
// What a modern client carries between two rounds of a request that asked it for input. It is
// sealed: the client can neither read nor change it, nor use it for another request, as somebody
// else, or late. Whichever replica has the seal keys can go on with it.
#pragma once

#include "base/error.hpp"
#include "identity/seal_keys.hpp"
#include "mcp/input_requests.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::call {

// People answer forms; after that they start again.
inline constexpr std::chrono::minutes kRequestStateLife{30};
// A plugin that still asks after so many rounds will not stop asking.
inline constexpr std::uint32_t kMaxRounds = 8;
// Of a plugin, and of what is asked; both travel with the client.
inline constexpr std::size_t kMaxResumeStateBytes = std::size_t{8} * 1024;
inline constexpr std::size_t kMaxAskedBytes = std::size_t{32} * 1024;

// The request that a state belongs to.
struct StateOwner {
  std::string owner;
  std::string_view method;
  std::string_view subject;    // tool, prompt or URI
  std::string_view arguments;  // JSON
};

struct RequestState {
  std::uint32_t round = 0;  // of the invocation that asked
  std::vector<mcp::InputRequest> asked;
  std::string resume_state;  // the plugin's own
};

// `now` in seconds since 1970. Fails when the parts are too large.
Result<std::string> seal_state(const identity::SealKeys& keys, const StateOwner& owner,
                               const RequestState& state, std::int64_t now);

// The error says no more than that it is not valid here and now.
Result<RequestState> open_state(const identity::SealKeys& keys, const StateOwner& owner,
                                std::string_view sealed, std::int64_t now);

}  // namespace toolpost::call
