// SPDX-License-Identifier: Apache-2.0
// Legacy sessions that their clients have ended before their time. Replicas tell each other through
// a directory that they share: a file for each, which every one of them looks for each second.
#pragma once

#include "async/mailbox.hpp"
#include "async/worker_pool.hpp"
#include "base/error.hpp"
#include "base/log.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace toolpost::transport {

// Belongs to the I/O thread; the directory is read on worker threads.
class EndedSessions {
 public:
  static constexpr std::chrono::milliseconds kInterval{1'000};

  // Without a directory they are remembered by this process alone.
  EndedSessions(boost::asio::io_context& io, async::WorkerPool& pool, std::string directory,
                Log& log);

  // Makes the directory where there is none, and reads it. Before the first request.
  Result<> load();
  // Looks for those of the other replicas from now on, until stop().
  void start();
  void stop();

  // A worker thread is in the directory. Any thread.
  bool is_busy() const noexcept { return busy_ != 0; }

  bool has(std::string_view session_id) const;
  // Fails where it cannot be written down; then the session has not ended, and the log says why.
  Result<> add(std::string_view session_id);

 private:
  using Names = std::set<std::string, std::less<>>;
  class ReadJob;

  void arm();
  void on_read(Result<Names> read);

  async::WorkerPool& pool_;
  const std::string directory_;
  Log& log_;
  boost::asio::steady_timer timer_;
  Names names_;
  std::atomic<int> busy_ = 0;
  bool reading_ = false;
  bool stopped_ = false;
  bool complained_ = false;         // of what cannot be read
  bool complained_of_add_ = false;  // of what cannot be written
  async::Mailbox<Result<Names>> results_;
};

}  // namespace toolpost::transport
