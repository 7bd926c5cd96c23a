// SPDX-License-Identifier: Apache-2.0
// What the service manager hears of a server that runs: that it is ready, that its event loop still
// turns, and that it stops.
#pragma once

#include "base/log.hpp"
#include "ops/notifier.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <string_view>

namespace toolpost {

// Belongs to the I/O thread: a loop that hangs sends nothing, and the manager starts us anew.
class Supervision {
 public:
  Supervision(boost::asio::io_context& io, Log& log);

  // Before ready().
  void use(ops::Notifier notifier) { notifier_ = std::move(notifier); }

  void ready(std::string_view status);
  // The watchdog goes on until the loop ends: what drains is still watched.
  void stopping();

 private:
  void arm();
  void check(const Result<>& sent);

  ops::Notifier notifier_;
  boost::asio::steady_timer timer_;
  Log& log_;
  bool complained_ = false;
  bool is_stopping_ = false;
};

}  // namespace toolpost
