// SPDX-License-Identifier: Apache-2.0
// The part of App that ends what it serves: a grace in which everything is still answered, a drain
// in which what runs may end, and a moment for the last bytes.
#include "app.hpp"

#include <csignal>
#include <utility>

namespace toolpost {
namespace {

using Milliseconds = std::chrono::milliseconds;

// After the plugins have drained: for the last answers to reach their clients.
constexpr Milliseconds kFlushTime{1000};

Milliseconds ms(std::size_t count) {
  return Milliseconds{static_cast<std::int64_t>(count)};
}

}  // namespace

void App::watch_signals() {
  signals_.add(SIGTERM);
  signals_.add(SIGINT);
  wait_for_signal();
}

void App::wait_for_signal() {
  signals_.async_wait([this](const boost::system::error_code& ec, int signal) {
    if (ec) return;
    on_signal(signal);
    wait_for_signal();
  });
}

// Each further signal ends the part of the stop that is under way. Whoever presses Ctrl-C does not
// wait for a proxy.
void App::on_signal(int signal) {
  const char* reason = signal == SIGTERM ? "SIGTERM" : "SIGINT";
  if (draining_done_) {
    io_.stop();
  } else if (stopping_) {
    log_.info("not waiting for what runs", {{"reason", reason}});
    drained();
  } else if (in_grace_ || signal == SIGINT) {
    begin_stop(reason);
  } else {
    begin_grace(reason);
  }
}

// Whoever sends requests here needs a moment to learn that it should not, and to let go of the
// connections that it keeps.
void App::begin_grace(const char* reason) {
  const Milliseconds grace = ms(config_.http.shutdown_grace_ms);
  if (!http_ || grace.count() == 0) {
    begin_stop(reason);
    return;
  }
  in_grace_ = true;
  health_->begin_draining();
  supervision_.stopping();
  http_->announce_end();
  log_.info("not ready any more", {{"reason", reason}, {"grace_ms", std::int64_t{grace.count()}}});
  drain_timer_.expires_after(grace);
  drain_timer_.async_wait([this, reason](const boost::system::error_code& ec) {
    if (ec || stopping_) return;
    log_.info("taking no more connections");
    http_->stop_accepting([this, reason] { begin_stop(reason); });
  });
}

// First phase: nothing new comes in, the plugins are told, and what runs may end.
void App::begin_stop(const char* reason) {
  if (std::exchange(stopping_, true)) return;
  if (health_) health_->begin_draining();
  supervision_.stopping();
  log_.info("stopping", {{"reason", reason}});
  stop_reason_ = reason;
  hangup_.cancel();
  if (tls_watch_) tls_watch_->stop();
  keys_timer_.cancel();
  if (user_watch_) user_watch_->stop();
  if (ended_sessions_) ended_sessions_->stop();
  if (shared_rates_) shared_rates_->stop();
  if (endpoint_) endpoint_->finish();
  if (http_) http_->finish();
  if (stdio_) stdio_->finish();
  dispatcher_.stop_accepting();
  steps_left_ = 2;
  drain_timer_.expires_after(ms(config_.calls.drain_ms));
  drain_timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) drained();
  });
  dispatcher_.when_idle([this] { stop_step_done(); });
  plugins_.begin_stop([this] { stop_step_done(); });
}

void App::stop_step_done() {
  if (--steps_left_ == 0) drained();
}

// Second phase: whoever still waits is told so, and the last bytes get a moment to leave.
void App::drained() {
  if (std::exchange(draining_done_, true)) return;
  dispatcher_.answer_rest();
  const auto stop = [this] { io_.stop(); };
  drain_timer_.expires_after(kFlushTime);
  drain_timer_.async_wait([stop](const boost::system::error_code& ec) {
    if (!ec) stop();
  });
  if (http_) http_->when_closed(stop);
  if (stdio_) stdio_->when_written(stop);
}

}  // namespace toolpost
