// SPDX-License-Identifier: Apache-2.0
// One client connection: reads requests one after the other, hands each to the endpoint, and writes
// what comes back. Everything here happens on the I/O thread.
#pragma once

#include "transport/byte_stream.hpp"
#include "transport/http_counts.hpp"
#include "transport/http_head.hpp"
#include "transport/http_options.hpp"
#include "transport/http_response.hpp"
#include "transport/peer.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace toolpost::transport {

class HttpConnection;

// A body may be so large whatever else there is to do; larger ones may have to wait.
inline constexpr std::size_t kLargeBodyBytes = std::size_t{64} << 10;

// What serves the requests. Owned by the server, outlives the connections.
class HttpEndpoint {
 public:
  virtual ~HttpEndpoint() = default;
  // Answers through the connection, now or later.
  virtual void handle(const std::shared_ptr<HttpConnection>& connection, HttpHead head,
                      std::string body) = 0;
  // Before the body is read: finds out who is asking, or refuses, which saves the client the
  // upload.
  virtual std::optional<Rejection> admit(HttpHead& head, const Peer& peer) = 0;

  // Then, of a body that is larger than kLargeBodyBytes: before it is read, or, where its head does
  // not say how large it is, whenever more of it has come.
  virtual std::optional<Rejection> admit_large_body(const HttpHead& /*head*/) {
    return std::nullopt;
  }
};

class HttpConnection final : public std::enable_shared_from_this<HttpConnection> {
 public:
  using Clock = std::chrono::steady_clock;
  using Closed = std::function<void(HttpConnection&)>;

  HttpConnection(ByteStream stream, const HttpOptions& options, HttpEndpoint& endpoint,
                 HttpCounts& counts, Closed closed);

  // `address` is that of the other end of the socket.
  void start(const boost::asio::ip::address& address);

  // The answer to the current request, whole. Ignored when the client has gone.
  void respond(const HttpResponse& response);
  // Or as a stream: first this, then events, then end_stream().
  void begin_stream(std::string_view headers);
  // False when the client does not read and the event was left out.
  bool send_event(const ServerEvent& event, bool may_drop);
  void end_stream();

  // The client of the current request.
  const Peer& peer() const noexcept { return peer_; }

  // Of the other end of the socket, whoever it speaks for.
  const boost::asio::ip::address& socket_address() const noexcept { return socket_address_; }

  bool is_streaming() const noexcept { return streaming_; }

  bool is_open() const noexcept { return state_ != State::kClosed; }

  // Called once when the client goes away before the current request is answered.
  void on_abort(std::function<void()> abort) { abort_ = std::move(abort); }

  // Called now and then until the current request is answered.
  void on_tick(std::function<void(Clock::time_point)> tick) { tick_ = std::move(tick); }

  // The next answer, the one that is being made included, says that it is the last.
  void announce_end();

  // A new connection that has asked nothing yet, or one with a request under way: its client will
  // not send that a second time.
  bool is_about_to_ask() const noexcept;

  // The server is stopping: idle connections end now, others after their answer.
  void finish();

  bool is_idle() const noexcept { return state_ == State::kHead && !writing_; }

  // Closes the connection when it has been in its present state for too long, and keeps quiet
  // streams alive.
  void sweep(Clock::time_point now);
  void close();

 private:
  // kHandshake: of TLS, before anything can be read. kLingering: all is said, but the client may
  // still be sending. Closing at once would reset the connection, and with it what the client has
  // not read yet.
  enum class State { kHandshake, kHead, kBody, kAnswering, kLingering, kClosed };

  void on_handshake(const boost::system::error_code& ec);
  void read();
  void on_read(const boost::system::error_code& ec, std::size_t size);
  void process();
  bool process_head();
  bool process_body();
  bool find_client(const RequestFields& fields);
  bool admits_large_body();
  void reject(const Rejection& rejection);
  void request_done();
  void set_streaming(bool streaming) noexcept;
  void write(std::string bytes);
  void write_rest();
  void on_written(const boost::system::error_code& ec, std::size_t size);
  void written();
  void linger();
  void set_deadline(std::chrono::milliseconds from_now);

  ResponseContext response_context() const;

  ByteStream stream_;
  boost::asio::ip::address socket_address_;
  bool from_proxy_ = false;  // a trusted one
  Peer peer_;
  const HttpOptions& options_;
  HttpEndpoint& endpoint_;
  HttpCounts& counts_;
  Closed closed_;
  State state_ = State::kHead;
  std::unique_ptr<RequestParser> parser_;  // of the request that is being read
  HttpHead head_;
  std::string in_;                // received, not yet parsed
  std::size_t head_scanned_ = 0;  // no end of the head before this
  std::string sending_;           // what the kernel has not taken yet; not touched while writing_
  std::string out_;               // what comes after it
  bool reading_ = false;
  bool writing_ = false;
  bool processing_ = false;
  bool keep_alive_ = true;
  bool finishing_ = false;
  bool end_announced_ = false;
  bool has_answered_ = false;
  bool streaming_ = false;
  bool last_answer_given_ = false;
  bool answers_head_ = false;  // no body follows the head of the answer
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point last_write_{};
  std::function<void()> abort_;
  std::function<void(Clock::time_point)> tick_;
  std::array<char, 4096> chunk_;
};

}  // namespace toolpost::transport
