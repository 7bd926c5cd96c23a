// SPDX-License-Identifier: Apache-2.0
#include "store/redis_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace toolpost::store {
namespace {

Error broken(std::string_view what, int error_number) {
  return {Errc::kUnavailable, errno_error(what, error_number).message()};
}

}  // namespace

Result<> RedisSocket::wait(short events, Deadline deadline) const {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd entry{.fd = fd_.get(), .events = events, .revents = 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (ready > 0) return {};
    if (ready == 0) return Error{Errc::kUnavailable, "no answer in time"};
    if (errno != EINTR) return broken("poll", errno);
  }
}

Result<RedisSocket> RedisSocket::connect(const Endpoint& endpoint, Deadline deadline) {
  RedisSocket out{UniqueFd{
      ::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)}};
  if (!out.fd_) return broken("socket", errno);
  const int on = 1;
  ::setsockopt(out.fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto* address = reinterpret_cast<const sockaddr*>(&endpoint.address);
  if (::connect(out.fd_.get(), address, endpoint.size) == 0) return out;
  if (errno != EINPROGRESS) return broken("connect", errno);
  if (auto ready = out.wait(POLLOUT, deadline); !ready) return ready.error();
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(out.fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return broken("connect", error);
  return out;
}

Result<> RedisSocket::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (auto ready = wait(POLLOUT, deadline); !ready) return ready;
    } else if (errno != EINTR) {
      return broken("send", errno);
    }
  }
  return {};
}

// Waits first: a server that sends without a pause must not keep anybody beyond the deadline.
Result<std::string_view> RedisSocket::receive(char* buffer, std::size_t size, Deadline deadline) {
  for (;;) {
    if (auto ready = wait(POLLIN, deadline); !ready) return ready.error();
    if (std::chrono::steady_clock::now() >= deadline) {
      return Error{Errc::kUnavailable, "no answer in time"};
    }
    const ssize_t got = ::recv(fd_.get(), buffer, size, 0);
    if (got > 0) return std::string_view{buffer, static_cast<std::size_t>(got)};
    if (got == 0) return Error{Errc::kUnavailable, "the connection was closed"};
    if (errno != EAGAIN && errno != EINTR) return broken("recv", errno);
  }
}

bool RedisSocket::is_quiet() const noexcept {
  char byte = 0;
  return ::recv(fd_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

}  // namespace toolpost::store
