// SPDX-License-Identifier: Apache-2.0
// A TCP connection on which every step ends at a point in time that was given before. Ours instead
// of hiredis': a timeout by the read, as hiredis has it, never ends with a server that sends one
// byte now and then.
#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "store/redis_address.hpp"

#include <chrono>
#include <cstddef>
#include <string_view>

namespace toolpost::store {

using Deadline = std::chrono::steady_clock::time_point;

class RedisSocket {
 public:
  static Result<RedisSocket> connect(const Endpoint& endpoint, Deadline deadline);

  Result<> send(std::string_view bytes, Deadline deadline);
  // At least one byte, or an error. The view is good until the next call.
  Result<std::string_view> receive(char* buffer, std::size_t size, Deadline deadline);

  // Nothing has come that nobody asked for, and the other side has not hung up. Does not block.
  bool is_quiet() const noexcept;

 private:
  explicit RedisSocket(UniqueFd fd) : fd_(std::move(fd)) {}

  Result<> wait(short events, Deadline deadline) const;

  UniqueFd fd_;
};

}  // namespace toolpost::store
