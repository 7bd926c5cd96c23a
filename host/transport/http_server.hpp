// SPDX-License-Identifier: Apache-2.0
// The listening socket and its connections.
#pragma once

#include "base/error.hpp"
#include "base/log.hpp"
#include "transport/http_connection.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_set>

namespace toolpost::transport {

// Belongs to the I/O thread.
class HttpServer {
 public:
  HttpServer(boost::asio::io_context& io, const HttpOptions& options, HttpEndpoint& endpoint,
             Log& log);

  // A busy port is Errc::kExists.
  // What comes over max_connections, max_tls_connections or max_connections_per_address is turned
  // away before anything is read, and so before any handshake.
  Result<> listen();
  boost::asio::ip::tcp::endpoint local_endpoint() const;

  // The server will stop, but not yet: everything is served on, and every answer says that it is
  // the last of its connection.
  void announce_end();
  // After announce_end(). Takes no more connections. `taken` runs when those that were on their way
  // have sent their requests, or after a moment: what they have asked is not lost by finish().
  void stop_accepting(std::function<void()> taken);
  // Takes what the kernel has connected already, and no more connections.
  void close_listener();
  // Takes no more connections, lets requests that are being answered end, closes the rest.
  void finish();
  // Runs once no connection is left; at once when there is none.
  void when_closed(std::function<void()> closed);
  void close_all();

  // Connections from now on are encrypted with this; those that are open go on with theirs.
  void use_tls(std::shared_ptr<const TlsContext> tls) { tls_ = std::move(tls); }

  // That connections get from now on; null: none.
  const TlsContext* tls() const noexcept { return tls_.get(); }

  const HttpCounts& counts() const noexcept { return counts_; }

  std::size_t open() const noexcept { return connections_.size(); }

  // Called at every sweep, for others with the same need.
  void on_sweep(std::function<void(std::chrono::steady_clock::time_point)> sweep) {
    also_sweep_ = std::move(sweep);
  }

 private:
  void accept();
  void wait_for_requests(HttpConnection::Clock::time_point end, std::function<void()> taken);
  void add(boost::asio::ip::tcp::socket socket);
  bool has_room_for(const boost::asio::ip::address& address);
  bool is_counted(const boost::asio::ip::address& address) const;
  void turn_away(boost::asio::ip::tcp::socket& socket) const;
  void removed(HttpConnection& connection);
  void arm_sweep();

  boost::asio::io_context& io_;
  const HttpOptions& options_;
  HttpEndpoint& endpoint_;
  Log& log_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer sweep_timer_;
  boost::asio::steady_timer accept_pause_;
  boost::asio::steady_timer end_timer_;
  std::shared_ptr<const TlsContext> tls_;
  HttpCounts counts_;  // outlives the connections
  std::unordered_set<std::shared_ptr<HttpConnection>> connections_;
  std::map<boost::asio::ip::address, std::size_t> by_site_;  // without trusted proxies
  bool sweeping_ = false;
  bool end_announced_ = false;
  bool finished_ = false;
  std::function<void()> closed_;
  std::function<void(std::chrono::steady_clock::time_point)> also_sweep_;
};

}  // namespace toolpost::transport
