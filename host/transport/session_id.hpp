// SPDX-License-Identifier: Apache-2.0
// The id of a legacy session says, sealed, all that the handshake settled: whichever replica has
// the seal keys can serve it, and one that was restarted goes on. An id is no credential: whoever
// may call the server must say so with every request.
#pragma once

#include "call/client_facts.hpp"
#include "identity/seal_keys.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::transport {

// After so long a client has to initialize again.
inline constexpr std::chrono::hours kSessionLife{24};

struct SessionFacts {
  mcp::Version version = mcp::kLatestLegacy;
  call::ClientFacts client;
  std::string owner;         // the principal's that opened it
  std::int64_t expires = 0;  // seconds since 1970
};

// Visible ASCII, as the header demands.
Result<std::string> make_session_id(const identity::SealKeys& keys, const SessionFacts& facts);

// Null unless it was made with one of the keys and has not expired.
std::optional<SessionFacts> read_session_id(const identity::SealKeys& keys, std::string_view id,
                                            std::int64_t now);

}  // namespace toolpost::transport
