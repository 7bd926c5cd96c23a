// SPDX-License-Identifier: Apache-2.0
// The bytes of one connection, plain or through TLS. A write is tried at once; what the kernel does
// not take, and every read, waits for the socket. OpenSSL works on the socket itself: no copies and
// no buffers of ours between the two.
#pragma once

#include "transport/tls_context.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>

namespace toolpost::transport {

// Belongs to the I/O thread, and to whom the handlers given to it keep alive. One read and one
// write may be under way at the same time.
class ByteStream {
 public:
  using Handler = std::function<void(const boost::system::error_code&, std::size_t)>;

  // Plain without `ssl`. The socket must be non-blocking.
  explicit ByteStream(boost::asio::ip::tcp::socket socket, UniqueSsl ssl = nullptr);

  boost::asio::ip::tcp::socket& socket() noexcept { return socket_; }

  bool is_secure() const noexcept { return ssl_ != nullptr; }

  // The TLS session, for its facts; null on a plain stream.
  ssl_st* ssl() const noexcept { return ssl_.get(); }

  // Secure streams only, before all else.
  void async_handshake(std::function<void(const boost::system::error_code&)> done);

  template <class ReadHandler>
  void async_read_some(boost::asio::mutable_buffer into, ReadHandler handler) {
    if (ssl_) {
      read_secure(into, std::move(handler));
    } else {
      socket_.async_read_some(into, std::move(handler));
    }
  }

  // How much was taken now; would_block when nothing was. After would_block, and after less than
  // all, the next write must begin with the bytes that are left.
  std::size_t write_some(boost::asio::const_buffer from, boost::system::error_code& ec);

  template <class WriteHandler>
  void async_write_some(boost::asio::const_buffer from, WriteHandler handler) {
    if (ssl_) {
      write_secure(from, std::move(handler));
    } else {
      socket_.async_write_some(from, std::move(handler));
    }
  }

  // Nothing more will be written; the client may still write.
  void shutdown_send();
  void close();

 private:
  using Continuation = std::function<void(const boost::system::error_code&)>;

  void read_secure(boost::asio::mutable_buffer into, Handler handler);
  void write_secure(boost::asio::const_buffer from, Handler handler);
  std::size_t write_secure_now(boost::asio::const_buffer from, boost::system::error_code& ec);
  // After an operation of OpenSSL that gave `result`: continues once the socket is ready for it, or
  // with an error.
  void wait(int result, Continuation then);
  void say_goodbye();

  boost::asio::ip::tcp::socket socket_;
  UniqueSsl ssl_;
  bool broken_ = false;  // OpenSSL wants nothing more to be done with the session
};

}  // namespace toolpost::transport
