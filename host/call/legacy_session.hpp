// SPDX-License-Identifier: Apache-2.0
// What `initialize` settled for the requests that follow it: one session of a client of the legacy
// era. On stdio there is one for the process, over HTTP one for each Mcp-Session-Id.
#pragma once

#include "call/client_facts.hpp"
#include "mcp/server_info.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace toolpost::call {

class LegacySession {
 public:
  // From the params of an initialize request; it must have a protocolVersion.
  static std::shared_ptr<LegacySession> open(const mcp::Message& initialize);

  // One whose handshake another process has done; its client is ready.
  static std::shared_ptr<LegacySession> resume(mcp::Version version, ClientFacts client);

  mcp::Version version() const noexcept { return version_; }

  const ClientFacts& client() const noexcept { return client_; }

  // From which on the client wants log messages (logging/setLevel); null: it has not said, so none.
  std::optional<mcp::LogLevel> log_level;

  // What the transport does with a notification that belongs to no request.
  std::function<void(std::string)> push;
  // Until the client has said so, nothing is pushed to it, and it is not asked anything.
  bool is_initialized = false;

  // Its place among those who are told of changes; the registration ends with the session.
  std::uint64_t subscription = 0;
  std::shared_ptr<void> registration;

 private:
  mcp::Version version_ = mcp::kLatestLegacy;
  ClientFacts client_;
};

// The calls of one client by request id, for notifications/cancelled.
class LiveCalls {
 public:
  // The calls that are over are forgotten on the way.
  void add(const std::string& request_id, const std::shared_ptr<Call>& call);
  // In its present round. Null when there is none, or it is over.
  std::shared_ptr<Call> find(const std::string& request_id) const;
  // Whether the client waits for an answer.
  bool any_open() const;

 private:
  void forget_finished();

  std::map<std::string, std::weak_ptr<Call>, std::less<>> calls_;
  std::size_t forget_at_ = 64;
};

// The id that a notifications/cancelled names, as JSON; empty when it names none.
std::string cancelled_request(const mcp::Message& notification);

}  // namespace toolpost::call
