// SPDX-License-Identifier: Apache-2.0
// Where a Redis is: as the operator writes it, and as the kernel wants it.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <vector>

namespace toolpost::store {

struct RedisAddress {
  std::string host;
  std::uint16_t port = 6379;
  unsigned database = 0;

  std::string text() const;  // "redis://HOST:PORT/DATABASE"
};

// "redis://HOST[:PORT][/DATABASE]". The error does not repeat the text: a password may stand in it.
Result<RedisAddress> read_redis_url(std::string_view url);

struct Endpoint {
  sockaddr_storage address{};
  socklen_t size = 0;

  bool is_loopback() const noexcept;
};

// Blocks for as long as the resolver of the machine likes, where the host is a name.
Result<std::vector<Endpoint>> resolve(const RedisAddress& address);

}  // namespace toolpost::store
