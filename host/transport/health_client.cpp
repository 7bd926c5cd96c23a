// SPDX-License-Identifier: Apache-2.0
#include "transport/health_client.hpp"

#include "base/unique_fd.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>

namespace toolpost::transport {
namespace {

using Clock = std::chrono::steady_clock;
using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;
using Context = std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)>;
using Session = std::unique_ptr<SSL, decltype(&::SSL_free)>;

constexpr std::size_t kMaxAnswer = std::size_t{64} << 10;

Error unavailable(std::string message) {
  return {Errc::kUnavailable, std::move(message)};
}

Result<> wait(int fd, short events, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd entry{.fd = fd, .events = events, .revents = 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (ready == 0 || left.count() <= 0) return unavailable("no answer in time");
    if (ready > 0) return {};
    if (errno != EINTR) return errno_error("poll", errno);
  }
}

Result<UniqueFd> connect_to(const addrinfo& address, Clock::time_point deadline) {
  UniqueFd fd{::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd) return errno_error("socket", errno);
  if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0) return fd;
  if (errno != EINPROGRESS) return errno_error("connect", errno);
  if (const auto ready = wait(fd.get(), POLLOUT, deadline); !ready) return ready.error();
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return errno_error("connect", error);
  return fd;
}

// The first address of the name that takes the connection; the server listens on one of them.
Result<UniqueFd> connect_to(const HealthQuestion& question, Clock::time_point deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed =
      ::getaddrinfo(question.host.c_str(), std::to_string(question.port).c_str(), &hints, &found);
  if (failed != 0) return unavailable(::gai_strerror(failed));
  const Addresses addresses{found, &::freeaddrinfo};
  Error last = unavailable("the name has no address");
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    auto fd = connect_to(*address, deadline);
    if (fd) return fd;
    last = fd.error();
  }
  return last;
}

// The connection, with or without TLS. Functions give back 0 at the end of the stream.
class Line {
 public:
  Line(UniqueFd fd, Clock::time_point deadline) : fd_(std::move(fd)), deadline_(deadline) {}

  Result<> start_tls() {
    context_.reset(::SSL_CTX_new(::TLS_client_method()));
    if (!context_) return Error{Errc::kInternal, "there is no TLS"};
    ::SSL_CTX_set_client_cert_cb(context_.get(), [](SSL* ssl, X509**, EVP_PKEY**) {
      *static_cast<bool*>(SSL_get_app_data(ssl)) = true;
      return 0;
    });
    // A server that leaves without a word has said what it had to say.
    ::SSL_CTX_set_options(context_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
    ssl_.reset(::SSL_new(context_.get()));
    if (!ssl_ || ::SSL_set_fd(ssl_.get(), fd_.get()) != 1) {
      return Error{Errc::kInternal, "there is no TLS"};
    }
    SSL_set_app_data(ssl_.get(), &wants_certificate_);
    const auto done = repeat("the TLS handshake failed", [&] { return ::SSL_connect(ssl_.get()); });
    return done ? Result<>{} : Result<>{done.error()};
  }

  Result<> send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ssl_ ? repeat("sending failed",
                                      [&] {
                                        return ::SSL_write(ssl_.get(), bytes.data(),
                                                           static_cast<int>(bytes.size()));
                                      })
                             : plainly("sending failed", POLLOUT, [&] {
                                 return ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
                               });
      if (!sent) return sent.error();
      bytes.remove_prefix(*sent);
    }
    return {};
  }

  Result<std::string_view> receive() {
    const auto got =
        ssl_ ? repeat("the answer broke off",
                      [&] {
                        return ::SSL_read(ssl_.get(), buffer_, static_cast<int>(sizeof buffer_));
                      })
             : plainly("the answer broke off", POLLIN,
                       [&] { return ::recv(fd_.get(), buffer_, sizeof buffer_, 0); });
    if (!got) return got.error();
    return std::string_view{buffer_, *got};
  }

 private:
  template <class Step>
  Result<std::size_t> plainly(const char* what, short events, const Step& step) {
    for (;;) {
      if (const auto ready = wait(fd_.get(), events, deadline_); !ready) return ready.error();
      const ssize_t moved = step();
      if (moved >= 0) return static_cast<std::size_t>(moved);
      if (errno != EAGAIN && errno != EINTR) return errno_error(what, errno);
    }
  }

  template <class Step>
  Result<std::size_t> repeat(const char* what, const Step& step) {
    for (;;) {
      const int moved = step();
      if (moved > 0) return static_cast<std::size_t>(moved);
      const int reason = ::SSL_get_error(ssl_.get(), moved);
      if (reason == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
      if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE) {
        if (wants_certificate_) return Error{Errc::kDenied, "wants a client certificate"};
        return unavailable(what);
      }
      const short events = reason == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
      if (const auto ready = wait(fd_.get(), events, deadline_); !ready) return ready.error();
    }
  }

  UniqueFd fd_;
  Clock::time_point deadline_;
  bool wants_certificate_ = false;
  Context context_{nullptr, &::SSL_CTX_free};
  Session ssl_{nullptr, &::SSL_free};
  char buffer_[4096] = {};
};

Result<HealthAnswer> read_answer(std::string_view text) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  constexpr std::size_t kDigits = 3;
  const std::size_t end = text.find("\r\n\r\n");
  HealthAnswer answer;
  const char* digits = text.data() + kVersion.size();
  if (end == std::string_view::npos || !text.starts_with(kVersion) ||
      text.size() < kVersion.size() + kDigits ||
      std::from_chars(digits, digits + kDigits, answer.status).ptr != digits + kDigits) {
    return invalid("what answers is no server of HTTP");
  }
  answer.body = text.substr(end + 4);
  return answer;
}

}  // namespace

Result<HealthAnswer> ask_health(const HealthQuestion& question) {
  const Clock::time_point deadline = Clock::now() + question.patience;
  auto fd = connect_to(question, deadline);
  if (!fd) return fd.error();
  Line line{std::move(*fd), deadline};
  if (question.tls) {
    if (const auto started = line.start_tls(); !started) return started.error();
  }
  const std::string request =
      "GET " + question.path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  if (const auto sent = line.send(request); !sent) return sent.error();
  std::string text;
  while (text.size() < kMaxAnswer) {
    const auto piece = line.receive();
    if (!piece) return piece.error();
    if (piece->empty()) break;
    text += *piece;
  }
  return read_answer(text);
}

}  // namespace toolpost::transport
