// SPDX-License-Identifier: Apache-2.0
// The event streams of a legacy session, which outlive their connections: what a client has missed
// is sent again when it comes back with Last-Event-ID (MCP 2025-11-25, "Resumability").
#pragma once

#include "mcp/version.hpp"
#include "transport/http_connection.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::transport {

// The name of an event: its stream and its place there.
struct EventId {
  std::uint64_t stream = 0;
  std::uint64_t number = 0;

  std::string text() const;
  static std::optional<EventId> parse(std::string_view text);
};

// The latest events of a session, of all its streams.
class EventLog {
 public:
  static constexpr std::size_t kMaxEvents = 256;
  static constexpr std::size_t kMaxBytes = std::size_t{256} * 1024;

  struct Event {
    EventId id;
    std::string data;
  };

  // The oldest make room; the newest is kept whatever its size.
  void add(EventId id, std::string data);

  const std::deque<Event>& events() const noexcept { return events_; }

 private:
  std::deque<Event> events_;
  std::size_t bytes_ = 0;
};

// One stream, with a connection or for the time being without. I/O thread only.
class SessionStream {
 public:
  SessionStream(std::uint64_t number, EventLog& log, mcp::Version version)
      : number_(number), log_(log), version_(version) {}

  // Goes on over this connection; what came after `seen` is sent first. `retry` is how long the
  // client is to wait before it comes back when the stream breaks; 0: its own choice.
  void attach(std::shared_ptr<HttpConnection> connection, std::uint64_t seen,
              std::chrono::milliseconds retry);

  // The connection has gone, or is given to others.
  void detach() noexcept { connection_.reset(); }

  bool is_attached() const noexcept { return connection_ && connection_->is_open(); }

  std::uint64_t number() const noexcept { return number_; }

  // Of its latest event; 0: there was none.
  std::uint64_t last_number() const noexcept { return next_ - 1; }

  // Whether all that came after `seen` is still kept; false also where there is no such event.
  bool can_go_on_after(std::uint64_t seen) const;

  // Kept for a client that is away.
  void send(std::string data);
  // Nothing comes any more.
  void end();
  // Ends the response but not the stream: the client comes back for the rest.
  void pause();

 private:
  void prime(std::uint64_t seen, std::chrono::milliseconds retry);

  const std::uint64_t number_;
  EventLog& log_;
  const mcp::Version version_;
  std::uint64_t next_ = 1;
  bool ended_ = false;
  std::shared_ptr<HttpConnection> connection_;
};

// All streams of one session.
class SessionStreams {
 public:
  explicit SessionStreams(mcp::Version version) : version_(version) {}

  // For the answer to a request. It lives until it has ended and its events are gone.
  std::shared_ptr<SessionStream> open();

  // The one that belongs to no request; there is none before the client has asked for it.
  std::shared_ptr<SessionStream> standalone() const noexcept { return standalone_; }

  std::shared_ptr<SessionStream> open_standalone();

  // The session is over: its client must not wait for more.
  void end_standalone();

  // Whether the client has that stream open now.
  bool is_listening() const noexcept;

  // Null when it is not known, or no more.
  std::shared_ptr<SessionStream> find(std::uint64_t number) const;

 private:
  const mcp::Version version_;
  EventLog log_;
  std::uint64_t next_ = 1;
  std::shared_ptr<SessionStream> standalone_;
  std::map<std::uint64_t, std::shared_ptr<SessionStream>> streams_;
};

}  // namespace toolpost::transport
