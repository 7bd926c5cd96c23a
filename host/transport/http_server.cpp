// SPDX-License-Identifier: Apache-2.0
#include "transport/http_server.hpp"

#include "transport/listener_filter.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <fcntl.h>
#include <vector>

namespace toolpost::transport {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

// One timer for all connections. It runs only while there are any.
constexpr std::chrono::milliseconds kSweepInterval{100};
// After running out of descriptors; closing connections makes room.
constexpr std::chrono::milliseconds kAcceptPause{100};

// How long a connection that the kernel has begun may take to be there, a round trip.
constexpr std::chrono::milliseconds kHandshakeTime{250};
// How long a connection that is there may take to say what it wants, before the server stops.
constexpr std::chrono::milliseconds kRequestTime{2000};
constexpr std::chrono::milliseconds kRequestPoll{20};

constexpr std::string_view kTooManyConnections =
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n"
    "Content-Length: 0\r\n\r\n";

Error listen_error(const HttpOptions& options, const boost::system::error_code& ec) {
  const std::string where = options.host + ":" + std::to_string(options.port);
  const Errc code = ec == asio::error::address_in_use ? Errc::kExists : Errc::kIo;
  std::string text = "cannot listen on " + where + ": " + ec.message();
  if (code == Errc::kExists)
    text += "; choose another port (" + options.port_choice + ") or end what listens there";
  return {code, std::move(text)};
}

// A plugin may start programs; none of them shall hold the port or a client's connection.
void close_on_exec(int fd) {
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

}  // namespace

HttpServer::HttpServer(asio::io_context& io, const HttpOptions& options, HttpEndpoint& endpoint,
                       Log& log)
    : io_(io),
      options_(options),
      endpoint_(endpoint),
      log_(log),
      acceptor_(io),
      sweep_timer_(io),
      accept_pause_(io),
      end_timer_(io) {}

Result<> HttpServer::listen() {
  boost::system::error_code ec;
  const std::string host = options_.host == "localhost" ? "127.0.0.1" : options_.host;
  const auto address = asio::ip::make_address(host, ec);
  if (ec) return invalid(options_.name + ".host: \"" + options_.host + "\" is not an IP address");
  const tcp::endpoint endpoint{address, options_.port};
  if (acceptor_.open(endpoint.protocol(), ec); ec) return listen_error(options_, ec);
  close_on_exec(acceptor_.native_handle());
  acceptor_.set_option(tcp::acceptor::reuse_address{true}, ec);
  if (acceptor_.bind(endpoint, ec); ec) return listen_error(options_, ec);
  if (acceptor_.listen(asio::socket_base::max_listen_connections, ec); ec) {
    return listen_error(options_, ec);
  }
  accept();
  return {};
}

tcp::endpoint HttpServer::local_endpoint() const {
  boost::system::error_code ec;
  return acceptor_.local_endpoint(ec);
}

void HttpServer::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& ec, tcp::socket socket) {
    if (ec == asio::error::operation_aborted || finished_) return;
    if (!ec) {
      add(std::move(socket));
      if (acceptor_.is_open()) accept();  // else this was the last one
      return;
    }
    log_.warn("accept failed", {{"reason", ec.message()}});
    accept_pause_.expires_after(kAcceptPause);
    accept_pause_.async_wait([this](const boost::system::error_code& cancelled) {
      if (!cancelled && acceptor_.is_open()) accept();
    });
  });
}

void HttpServer::add(tcp::socket socket) {
  close_on_exec(socket.native_handle());
  boost::system::error_code ec;
  const auto address = unmapped(socket.remote_endpoint(ec).address());
  if (ec) return;  // gone already
  socket.non_blocking(true, ec);
  if (!has_room_for(address)) {
    turn_away(socket);
    return;
  }
  ++counts_.accepted;
  UniqueSsl ssl = tls_ ? tls_->new_session() : nullptr;
  if (tls_ && !ssl) return;
  auto connection = std::make_shared<HttpConnection>(ByteStream{std::move(socket), std::move(ssl)},
                                                     options_, endpoint_, counts_,
                                                     [this](HttpConnection& one) { removed(one); });
  connections_.insert(connection);
  if (is_counted(address)) ++by_site_[site_of(address)];
  if (end_announced_) connection->announce_end();
  connection->start(address);
  arm_sweep();
}

bool HttpServer::has_room_for(const asio::ip::address& address) {
  const std::size_t limit = tls_ ? std::min(options_.max_connections, options_.max_tls_connections)
                                 : options_.max_connections;
  if (connections_.size() >= limit) {
    ++counts_.refused_full;
    return false;
  }
  const auto known = by_site_.find(site_of(address));
  if (known == by_site_.end() || known->second < options_.max_connections_per_address) return true;
  ++counts_.refused_address;
  return false;
}

// The address of a proxy stands for many clients.
bool HttpServer::is_counted(const asio::ip::address& address) const {
  return !options_.trusted_proxies.contains(address);
}

// Through TLS nothing can be said before the handshake, which is what shall not happen.
void HttpServer::turn_away(tcp::socket& socket) const {
  if (tls_) return;
  boost::system::error_code ec;
  socket.write_some(asio::buffer(kTooManyConnections.data(), kTooManyConnections.size()), ec);
}

void HttpServer::removed(HttpConnection& connection) {
  const asio::ip::address& address = connection.socket_address();
  const auto known = is_counted(address) ? by_site_.find(site_of(address)) : by_site_.end();
  if (known != by_site_.end() && --known->second == 0) by_site_.erase(known);
  connections_.erase(connection.shared_from_this());
  if (connections_.empty() && closed_) asio::post(io_, std::exchange(closed_, nullptr));
}

void HttpServer::arm_sweep() {
  if (sweeping_) return;
  sweeping_ = true;
  sweep_timer_.expires_after(kSweepInterval);
  sweep_timer_.async_wait([this](const boost::system::error_code& ec) {
    if (ec) return;
    sweeping_ = false;
    const auto now = HttpConnection::Clock::now();
    // A connection may leave the set while it is swept.
    for (const auto& connection : std::vector(connections_.begin(), connections_.end())) {
      connection->sweep(now);
    }
    if (also_sweep_) also_sweep_(now);
    if (!connections_.empty()) arm_sweep();
  });
}

void HttpServer::announce_end() {
  end_announced_ = true;
  for (const auto& connection : connections_) connection->announce_end();
}

void HttpServer::stop_accepting(std::function<void()> taken) {
  if (!begin_no_connections(acceptor_.native_handle())) {
    log_.debug("the kernel has no filter for a listening socket");
  }
  end_timer_.expires_after(kHandshakeTime);
  end_timer_.async_wait(
      [this, taken = std::move(taken)](const boost::system::error_code& ec) mutable {
        if (ec) return;
        close_listener();
        wait_for_requests(HttpConnection::Clock::now() + kRequestTime, std::move(taken));
      });
}

void HttpServer::close_listener() {
  if (!acceptor_.is_open()) return;
  boost::system::error_code ec;
  acceptor_.cancel(ec);
  acceptor_.non_blocking(true, ec);
  for (tcp::socket socket = acceptor_.accept(ec); !ec; socket = acceptor_.accept(ec)) {
    add(std::move(socket));
  }
  acceptor_.close(ec);
}

void HttpServer::wait_for_requests(HttpConnection::Clock::time_point end,
                                   std::function<void()> taken) {
  // Never at once: what has been accepted may not have been added yet.
  end_timer_.expires_after(kRequestPoll);
  end_timer_.async_wait(
      [this, end, taken = std::move(taken)](const boost::system::error_code& ec) mutable {
        if (ec) return;
        const bool is_quiet = std::none_of(connections_.begin(), connections_.end(),
                                           [](const auto& one) { return one->is_about_to_ask(); });
        if (is_quiet || HttpConnection::Clock::now() >= end) {
          taken();
        } else {
          wait_for_requests(end, std::move(taken));
        }
      });
}

void HttpServer::finish() {
  finished_ = true;
  boost::system::error_code ec;
  acceptor_.close(ec);
  accept_pause_.cancel();
  end_timer_.cancel();
  for (const auto& connection : std::vector(connections_.begin(), connections_.end())) {
    connection->finish();
  }
}

void HttpServer::when_closed(std::function<void()> closed) {
  closed_ = std::move(closed);
  if (connections_.empty()) asio::post(io_, std::exchange(closed_, nullptr));
}

void HttpServer::close_all() {
  for (const auto& connection : std::vector(connections_.begin(), connections_.end())) {
    connection->close();
  }
}

}  // namespace toolpost::transport
