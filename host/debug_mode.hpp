// SPDX-License-Identifier: Apache-2.0
// More detail in the log for a while, which nobody has to remember to end: from the start on, or
// from SIGUSR1 until the time is over or SIGUSR1 comes again. Beginning and end are logged.
#pragma once

#include "base/log.hpp"
#include "config/config.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

namespace toolpost {

// Owned by the App; on the I/O thread only.
class DebugMode {
 public:
  // `config` is the one in force, also after a reload.
  DebugMode(boost::asio::io_context& io, Log& log, const config::Config& config)
      : log_(log), config_(config), signal_(io), timer_(io) {}

  // Takes SIGUSR1 from now on.
  void start();

  // After a reload has opened the log anew: debug mode keeps its time.
  void reloaded();

  void stop();

 private:
  void watch();
  void begin(const char* reason);
  void end(const char* reason);
  // A log file that cannot be opened again leaves everything as it is.
  void use(LogLevel level);

  Log& log_;
  const config::Config& config_;
  boost::asio::signal_set signal_;
  boost::asio::steady_timer timer_;
  bool is_on_ = false;
};

}  // namespace toolpost
