// SPDX-License-Identifier: Apache-2.0
// Keeps the TLS configuration that of its files: a new pair is taken when it is whole and belongs
// together, and a bad one changes nothing. Reads on a worker thread; says when a certificate ends.
#pragma once

#include "async/mailbox.hpp"
#include "async/worker_pool.hpp"
#include "base/log.hpp"
#include "transport/tls_context.hpp"
#include "transport/tls_files.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace toolpost::transport {

// Belongs to the I/O thread.
class TlsWatch {
 public:
  static constexpr std::chrono::seconds kInterval{2};
  static constexpr std::chrono::hours kWarnAgain{24};
  static constexpr std::chrono::hours kWarnBefore{14 * 24};

  using Context = std::shared_ptr<const TlsContext>;

  TlsWatch(boost::asio::io_context& io, async::WorkerPool& pool, TlsOptions options, Log& log);

  // The first read, before anybody is served. An error is one that refuses the start.
  Result<Context> load();
  // From then on; `changed` gets every new context.
  void start(std::function<void(Context)> changed);
  // Reads the files now, whether they have changed or not; what is wrong is logged again.
  void reload();
  void stop();

  // A worker thread reads. Any thread.
  bool is_busy() const noexcept { return busy_ != 0; }

 private:
  using Stamps = std::array<TlsFileStamp, 3>;

  // What a worker found; nothing when the files are those of before.
  struct Found {
    Stamps stamps;
    std::optional<Result<Context>> context;
  };

  class ReadJob;

  Stamps stamps() const;
  void arm();
  void read(bool always);
  void on_found(Found found);
  void speak_of_expiry();

  async::WorkerPool& pool_;
  const TlsOptions options_;
  Log& log_;
  boost::asio::steady_timer timer_;
  Context current_;
  Stamps seen_{};
  std::chrono::steady_clock::time_point spoken_{};
  std::atomic<int> busy_ = 0;
  bool reading_ = false;
  bool read_again_ = false;
  bool stopped_ = false;
  std::function<void(Context)> changed_;
  async::Mailbox<Found> results_;
};

}  // namespace toolpost::transport
