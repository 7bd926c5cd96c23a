// SPDX-License-Identifier: Apache-2.0
// Streamable HTTP: one path that takes MCP messages by POST and answers with JSON or an event
// stream, for both eras.
#pragma once

#include "base/log.hpp"
#include "call/dispatcher.hpp"
#include "mcp/classify.hpp"
#include "transport/admission.hpp"
#include "transport/batch.hpp"
#include "transport/host_rules.hpp"
#include "transport/http_connection.hpp"
#include "transport/session_table.hpp"

namespace toolpost::transport {

class McpEndpoint final : public HttpEndpoint {
 public:
  // The dispatcher has its seal keys already.
  McpEndpoint(call::Dispatcher& dispatcher, const HttpOptions& options, HostRules rules,
              Admission& admission, EndedSessions& ended);

  std::optional<Rejection> admit(HttpHead& head, const Peer& peer) override;
  std::optional<Rejection> admit_large_body(const HttpHead& head) override;
  void handle(const std::shared_ptr<HttpConnection>& connection, HttpHead head,
              std::string body) override;

  void sweep(std::chrono::steady_clock::time_point now) { sessions_.sweep(now); }

  // Legacy sessions that are kept here.
  std::size_t sessions() const noexcept { return sessions_.size(); }

  // Sessions keep nothing of what a caller was told whose right has ended.
  void revoke(const std::function<bool(const identity::Principal&)>& is_valid) {
    sessions_.revoke(is_valid);
  }

  // What is open without an end of its own ends.
  void finish() { sessions_.end_streams(); }

 private:
  struct Exchange;

  void post(const Exchange& exchange, std::string body);
  void modern(const Exchange& exchange, std::unique_ptr<mcp::Message> message);
  void initialize(const Exchange& exchange, const mcp::Message& message);
  void legacy(const Exchange& exchange, std::unique_ptr<mcp::Message> message);
  void legacy_batch(const Exchange& exchange, HttpSession& session, const std::string& body);
  void dispatch_legacy(const Exchange& exchange, HttpSession& session,
                       std::unique_ptr<mcp::Message> message,
                       const std::shared_ptr<call::Responder>& responder);
  void take_notification(HttpSession& session, const mcp::Message& message);
  std::shared_ptr<HttpSession> batch_session(const Exchange& exchange);
  json::Limits json_limits() const;
  static bool refuses_version(const Exchange& exchange);
  void end_session(const Exchange& exchange);
  void open_stream(const Exchange& exchange);
  std::shared_ptr<HttpSession> session_of(const Exchange& exchange);
  std::shared_ptr<HttpSession> find_session(const Exchange& exchange);

  call::Dispatcher& dispatcher_;
  const HttpOptions& options_;
  HostRules rules_;
  Admission& admission_;
  SessionTable sessions_;
  json::Parser parser_;
};

}  // namespace toolpost::transport
