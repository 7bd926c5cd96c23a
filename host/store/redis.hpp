// SPDX-License-Identifier: Apache-2.0
// A Redis that several servers share, as a Store. It may be down, slow or lying, and costs its
// deadline at most, once: the first failure opens the circuit, from when on everybody is told so at
// once, and one thread of our own looks with growing pauses whether it is back. That thread also
// resolves the name, because nothing bounds how long that takes.
#pragma once

#include "base/log.hpp"
#include "store/redis_connection.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace toolpost::store {

struct RedisOptions {
  RedisAddress address{};
  Login login{};
  std::chrono::milliseconds deadline{50};
  std::size_t connections = 8;  // at once; who finds none free waits, up to the deadline
  std::size_t max_reply_bytes = std::size_t{5} * 1024 * 1024;
};

// Asks once whether a Redis answers with what it is told here; the time it took.
Result<std::chrono::microseconds> ping(const RedisOptions& options);

class Redis final : public Store {
 public:
  Redis(RedisOptions options, Log& log);
  ~Redis() override;
  Redis(const Redis&) = delete;
  Redis& operator=(const Redis&) = delete;

  // The first calls wait for the first connection, up to the deadline.
  Result<Reply> ask(Words words) override;

  // Tells the thread to end; it does, unless the resolver of the machine does not answer.
  void stop();
  // Waits for its end. At once when the store has been stopped and is not busy.
  void join();

  // It has answered, and not failed since. Any thread.
  bool is_up() const;

  bool is_busy() const noexcept { return is_keeping_; }

 private:
  using Clock = std::chrono::steady_clock;
  using Connection = std::unique_ptr<RedisConnection>;
  enum class State { kStarting, kUp, kDown, kStopped };

  struct Lease {
    Connection connection;  // null: to be opened
    Endpoint endpoint;
    std::uint64_t generation = 0;
  };

  Result<Lease> borrow(Deadline deadline);
  void give_back(Lease lease);
  void fail(const Lease& lease, const Error& error);
  void keep();
  bool try_to_come_up() noexcept;
  void come_up(Connection connection, const Endpoint& endpoint);
  void stay_down(const Error& error);
  void complain(const std::string& reason);

  const RedisOptions options_;
  Log& log_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::kStarting;
  std::uint64_t generation_ = 0;  // one more each time it comes up
  Endpoint endpoint_;
  std::vector<Connection> idle_;
  std::size_t lent_ = 0;
  bool complained_ = false;  // and has not said since that it is back
  Clock::time_point complained_at_{};
  std::atomic<bool> is_keeping_ = false;
  std::thread keeper_;
};

}  // namespace toolpost::store
