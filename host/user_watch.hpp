// SPDX-License-Identifier: Apache-2.0
// Keeps the authenticator's users those of the store: reads it twice a second on a worker thread,
// since a file on a shared volume tells nobody of its changes, and writes down when keys were used.
#pragma once

#include "async/mailbox.hpp"
#include "async/worker_pool.hpp"
#include "base/log.hpp"
#include "identity/authenticator.hpp"
#include "identity/user_store.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

namespace toolpost {

// Belongs to the I/O thread.
class UserWatch {
 public:
  // A change reaches everybody within kInterval and the time of a read. A read that fails, or that
  // takes kStale longer than a few times what reading has taken before, means that nobody is let in
  // until one succeeds.
  static constexpr std::chrono::milliseconds kInterval{500};
  static constexpr std::chrono::milliseconds kStale{1500};
  static constexpr int kTimesLonger = 4;
  static constexpr std::chrono::seconds kUsesInterval{60};

  UserWatch(boost::asio::io_context& io, async::WorkerPool& pool, const identity::UserStore& store,
            identity::Authenticator& authenticator, Log& log);

  // The first read, before anybody is served. An error is one that refuses the start.
  Result<> load();
  // From then on; `changed` runs after every change.
  void start(std::function<void()> changed);
  void stop();

  // A worker thread is in the store. Any thread.
  bool is_busy() const noexcept { return busy_ != 0; }

 private:
  using Clock = std::chrono::steady_clock;
  using Table = std::shared_ptr<const identity::UserTable>;
  class ReadJob;
  class UsesJob;

  void arm();
  void tick();
  void on_read(Result<Table> read);
  void forget(const std::string& reason);
  void flush_uses();

  async::WorkerPool& pool_;
  const identity::UserStore& store_;
  identity::Authenticator& authenticator_;
  Log& log_;
  boost::asio::steady_timer timer_;
  Table known_;
  Clock::time_point asked_{};       // when the last read began
  Clock::duration longest_read_{};  // a store of a million users takes seconds
  Clock::time_point uses_flushed_{};
  std::atomic<int> busy_ = 0;
  bool reading_ = false;
  bool stopped_ = false;
  bool complained_ = false;
  std::function<void()> changed_;
  async::Mailbox<Result<Table>> results_;
};

}  // namespace toolpost
