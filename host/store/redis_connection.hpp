// SPDX-License-Identifier: Apache-2.0
// One connection to a Redis: logged in, and asked one thing after the other.
#pragma once

#include "base/secret.hpp"
#include "store/redis_protocol.hpp"
#include "store/redis_socket.hpp"

#include <memory>
#include <string>

namespace toolpost::store {

struct Login {
  std::string username{};  // empty: the default user
  Secret password{};       // empty: none is sent
  unsigned database = 0;
};

// Belongs to one thread at a time.
class RedisConnection {
 public:
  // Connects, gives user and password, chooses the database.
  static Result<std::unique_ptr<RedisConnection>> open(const Endpoint& endpoint, const Login& login,
                                                       std::size_t max_reply_bytes,
                                                       Deadline deadline);

  // An error means that the connection is of no more use; what the server refuses is a reply.
  Result<Reply> ask(Words words, Deadline deadline);

  // Whether it can be asked again.
  bool is_sound() const noexcept { return !is_broken_ && socket_.is_quiet(); }

 private:
  RedisConnection(RedisSocket socket, std::size_t max_reply_bytes)
      : socket_(std::move(socket)), reader_(max_reply_bytes) {}

  Result<Reply> exchange(std::string_view command, Deadline deadline);
  Result<> log_in(const Login& login, Deadline deadline);

  RedisSocket socket_;
  ReplyReader reader_;
  bool is_broken_ = false;
};

// "NOAUTH": the first word of an error reply where it looks like a code, else "an error".
std::string error_code(const Reply& reply);

}  // namespace toolpost::store
