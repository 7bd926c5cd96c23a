// SPDX-License-Identifier: Apache-2.0
// Answers one POST: with JSON, unless there is something to say before the answer; then the
// response becomes an event stream. The status must go out first, so it is settled as late as
// possible.
#pragma once

#include "call/call.hpp"
#include "transport/http_connection.hpp"
#include "transport/session_stream.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace toolpost::transport {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kEventStream = "text/event-stream";

HttpResponse to_response(mcp::Answer answer);

// Of the modern era: a connection that breaks ends the request.
class PostResponder final : public call::Responder {
 public:
  PostResponder(std::shared_ptr<HttpConnection> connection, const std::string& accept);

  // An answer that takes longer than `quiet` comes on a stream. Before the request is handed on.
  static void watch(const std::shared_ptr<PostResponder>& self, std::chrono::milliseconds quiet);

  void notify(std::string message) override;
  bool deliver(std::string message) override;

  bool can_stream() const override { return takes_events_; }

  // The modern era knows no requests of the server's.
  bool ask(std::string) override { return false; }

  void answer(mcp::Answer answer) override;

 private:
  void open_stream();

  std::shared_ptr<HttpConnection> connection_;
  bool takes_json_;
  bool takes_events_;
};

// How the streams of legacy sessions behave; zero: not at all.
struct StreamTimes {
  std::chrono::milliseconds quiet{0};  // an answer that takes longer comes on a stream
  std::chrono::milliseconds pause{0};  // after so long the client has to come back for the rest
  std::chrono::milliseconds retry{0};  // and how long it is to wait before it does
};

// Of the legacy era: the request goes on without its connection, and the stream can be resumed.
class SessionResponder final : public call::Responder,
                               public std::enable_shared_from_this<SessionResponder> {
 public:
  SessionResponder(std::shared_ptr<HttpConnection> connection, const std::string& accept,
                   std::shared_ptr<SessionStreams> streams, mcp::Version version,
                   const StreamTimes& times);

  // Before the request is handed on.
  void start();

  void notify(std::string message) override;
  bool deliver(std::string message) override;

  bool can_stream() const override { return takes_events_; }

  bool ask(std::string request) override;
  void answer(mcp::Answer answer) override;

  // The request was cancelled by the client: the response ends without an answer.
  void end_unanswered();

 private:
  void open_stream();
  void tick(HttpConnection::Clock::time_point now);

  std::shared_ptr<HttpConnection> connection_;  // until it is the stream's, or gone
  std::shared_ptr<SessionStreams> streams_;
  std::shared_ptr<SessionStream> stream_;  // once there is one
  const mcp::Version version_;
  const StreamTimes times_;
  const HttpConnection::Clock::time_point begun_ = HttpConnection::Clock::now();
  bool takes_json_;
  bool takes_events_;
  bool paused_ = false;
};

}  // namespace toolpost::transport
