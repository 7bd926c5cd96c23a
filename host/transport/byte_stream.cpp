// SPDX-License-Identifier: Apache-2.0
#include "transport/byte_stream.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace toolpost::transport {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

}  // namespace

ByteStream::ByteStream(tcp::socket socket, UniqueSsl ssl)
    : socket_(std::move(socket)), ssl_(std::move(ssl)) {
  if (ssl_ && SSL_set_fd(ssl_.get(), socket_.native_handle()) != 1) broken_ = true;
}

void ByteStream::wait(int result, Continuation then) {
  auto kind = tcp::socket::wait_read;
  error_code failed;
  switch (broken_ ? SSL_ERROR_SSL : SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      break;
    case SSL_ERROR_WANT_WRITE:
      kind = tcp::socket::wait_write;
      break;
    case SSL_ERROR_ZERO_RETURN:
      failed = asio::error::eof;
      break;
    default:
      broken_ = true;
      failed = asio::error::connection_aborted;
  }
  if (failed) {
    asio::post(socket_.get_executor(), [then = std::move(then), failed] { then(failed); });
  } else {
    socket_.async_wait(kind, std::move(then));
  }
}

void ByteStream::async_handshake(std::function<void(const error_code&)> done) {
  ERR_clear_error();
  const int result = broken_ ? -1 : SSL_do_handshake(ssl_.get());
  if (result == 1) {
    asio::post(socket_.get_executor(), [done = std::move(done)] { done({}); });
    return;
  }
  wait(result, [this, done = std::move(done)](const error_code& ec) {
    if (ec) {
      done(ec);
    } else {
      async_handshake(done);
    }
  });
}

void ByteStream::read_secure(asio::mutable_buffer into, Handler handler) {
  ERR_clear_error();
  std::size_t size = 0;
  const int result = broken_ ? -1 : SSL_read_ex(ssl_.get(), into.data(), into.size(), &size);
  if (result == 1) {
    asio::post(socket_.get_executor(), [handler = std::move(handler), size] { handler({}, size); });
    return;
  }
  wait(result, [this, into, handler = std::move(handler)](const error_code& ec) {
    if (ec) {
      handler(ec, 0);
    } else {
      read_secure(into, handler);
    }
  });
}

std::size_t ByteStream::write_some(asio::const_buffer from, error_code& ec) {
  return ssl_ ? write_secure_now(from, ec) : socket_.write_some(from, ec);
}

// One record after the other, as far as the kernel takes them.
std::size_t ByteStream::write_secure_now(asio::const_buffer from, error_code& ec) {
  ec = {};
  std::size_t total = 0;
  while (total < from.size()) {
    ERR_clear_error();
    const auto rest = from + total;
    std::size_t size = 0;
    const int result = broken_ ? -1 : SSL_write_ex(ssl_.get(), rest.data(), rest.size(), &size);
    if (result == 1) {
      total += size;
      continue;
    }
    const int error = broken_ ? SSL_ERROR_SSL : SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ) {
      if (total == 0) ec = asio::error::would_block;
      return total;
    }
    broken_ = true;
    ec = asio::error::connection_aborted;
    return 0;
  }
  return total;
}

void ByteStream::write_secure(asio::const_buffer from, Handler handler) {
  error_code ec;
  const std::size_t size = write_secure_now(from, ec);
  if (ec != asio::error::would_block) {
    asio::post(socket_.get_executor(),
               [handler = std::move(handler), ec, size] { handler(ec, size); });
    return;
  }
  // A write of TLS 1.2 and 1.3 without renegotiation never has to read first.
  socket_.async_wait(tcp::socket::wait_write,
                     [this, from, handler = std::move(handler)](const error_code& failed) {
                       if (failed) {
                         handler(failed, 0);
                       } else {
                         write_secure(from, handler);
                       }
                     });
}

// So that the client can tell the end from a cut.
void ByteStream::say_goodbye() {
  if (!ssl_ || broken_ || SSL_is_init_finished(ssl_.get()) != 1) return;
  if ((SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0) return;
  ERR_clear_error();
  if (SSL_shutdown(ssl_.get()) < 0) ERR_clear_error();
}

void ByteStream::shutdown_send() {
  say_goodbye();
  error_code ec;
  socket_.shutdown(tcp::socket::shutdown_send, ec);
}

void ByteStream::close() {
  say_goodbye();
  error_code ec;
  socket_.shutdown(tcp::socket::shutdown_both, ec);
  socket_.close(ec);
}

}  // namespace toolpost::transport
