// SPDX-License-Identifier: Apache-2.0
// A server that speaks as much of Redis' protocol as a test wants: reads commands, and answers what
// the script says.
#pragma once

#include "base/unique_fd.hpp"
#include "store/redis_address.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace toolpost::test {

using Command = std::vector<std::string>;

struct Answer {
  std::string bytes;      // as they go over the wire; empty: none, the asker waits in vain
  bool hangs_up = false;  // afterwards
  bool dribbles = false;  // a byte a millisecond
};

inline Answer pong() {
  return {.bytes = "+PONG\r\n"};
}

std::string bulk(const std::string& text);

// One thread for each connection.
class FakeRedis {
 public:
  explicit FakeRedis(std::function<Answer(const Command&)> script);
  ~FakeRedis();

  store::RedisAddress address() const { return {.host = "127.0.0.1", .port = port_}; }

  void say(std::function<Answer(const Command&)> script);
  std::vector<Command> commands() const;

  std::size_t connections() const { return connections_; }

  // As when the server restarts: every connection ends, new ones are taken.
  void hang_up();

 private:
  void accept();
  void serve(int fd);

  mutable std::mutex mutex_;
  std::function<Answer(const Command&)> script_;
  std::vector<Command> commands_;
  std::vector<UniqueFd> open_;
  std::vector<std::thread> threads_;
  std::atomic<std::size_t> connections_ = 0;
  std::atomic<bool> is_ending_ = false;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::thread acceptor_;
};

}  // namespace toolpost::test
