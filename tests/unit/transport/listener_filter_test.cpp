// SPDX-License-Identifier: Apache-2.0
#include "transport/listener_filter.hpp"

#include "base/unique_fd.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace {

using toolpost::UniqueFd;

// A listening socket on a free port of the loopback address, and sockets that connect to it.
class Port {
 public:
  Port() : listener_(open_socket()) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    REQUIRE(::bind(listener_.get(), generic(), size) == 0);
    REQUIRE(::listen(listener_.get(), 8) == 0);
    REQUIRE(::getsockname(listener_.get(), generic(), &size) == 0);
  }

  int listener() const { return listener_.get(); }

  UniqueFd begin_to_connect() {
    UniqueFd client = open_socket();
    // It only begins: the socket does not block.
    static_cast<void>(::connect(client.get(), generic(), sizeof address_));
    return client;
  }

  bool can_accept() const {
    return UniqueFd{::accept(listener_.get(), nullptr, nullptr)}.get() >= 0;
  }

 private:
  static UniqueFd open_socket() {
    return UniqueFd{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  }

  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&address_); }

  UniqueFd listener_;
  sockaddr_in address_{};
};

// Whether the connection comes about, or is refused, within this time.
bool is_settled(const UniqueFd& client, int within_ms) {
  pollfd waiting{client.get(), POLLOUT, 0};
  return ::poll(&waiting, 1, within_ms) == 1;
}

constexpr int kPatienceMs = 20'000;

}  // namespace

TEST_CASE("listener filter: what is connected can be accepted, and nothing more comes") {
  Port port;
  const UniqueFd early = port.begin_to_connect();
  REQUIRE(is_settled(early, kPatienceMs));
  REQUIRE(toolpost::transport::begin_no_connections(port.listener()));
  const UniqueFd late = port.begin_to_connect();
  CHECK_FALSE(is_settled(late, 50));
  CHECK(port.can_accept());
  CHECK_FALSE(port.can_accept());
}
