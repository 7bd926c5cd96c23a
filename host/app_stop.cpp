// SPDX-License-Identifier: Apache-2.0
// The part of App that ends what it serves: a grace in which everything is still answered, a drain
// in which what was asked is, the stop of the plugins, and a moment for the last bytes.
#include "app.hpp"
#include "base/milliseconds.hpp"

#include <csignal>
#include <utility>

namespace toolpost {
namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds kDrainPoll{20};
// After calls had their time: for plugins to end those that are left.
constexpr Milliseconds kStopTime{1000};
// After the plugins have stopped: for the last answers to reach their clients.
constexpr Milliseconds kFlushTime{1000};

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

// Each further signal ends the part of the stop that is under way. Whoever presses Ctrl-C waits
// neither for a proxy nor for a call.
void App::on_signal(int signal) {
  const char* reason = signal == SIGTERM ? "SIGTERM" : "SIGINT";
  switch (stop_phase_) {
    case StopPhase::kNone:
      if (http_ && signal == SIGTERM) {
        begin_grace(reason);
      } else {
        begin_stop(reason);
      }
      break;
    case StopPhase::kGrace:
      begin_drain(reason);
      break;
    case StopPhase::kDrain:
      begin_stop(reason);
      break;
    case StopPhase::kPlugins:
      drained();
      break;
    case StopPhase::kFlush:
      io_.stop();
      break;
  }
}

// Whoever sends requests here needs a moment to learn that it should not, and to let go of the
// connections that it keeps.
void App::begin_grace(const char* reason) {
  const Milliseconds grace = ms(config_.http.shutdown_grace_ms);
  stop_phase_ = StopPhase::kGrace;
  health_->begin_draining();
  supervision_.stopping();
  http_->announce_end();
  if (grace.count() == 0) {
    begin_drain(reason);
    return;
  }
  log_.info("not ready any more", {{"reason", reason}, {"grace_ms", std::int64_t{grace.count()}}});
  drain_timer_.expires_after(grace);
  drain_timer_.async_wait([this, reason](const boost::system::error_code& ec) {
    if (ec || stop_phase_ != StopPhase::kGrace) return;
    log_.info("taking no more connections");
    http_->stop_accepting([this, reason] { begin_drain(reason); });
  });
}

// What has been asked is answered before the plugins are told to stop: some of them end their calls
// when they hear it.
void App::begin_drain(const char* reason) {
  if (stop_phase_ != StopPhase::kGrace) return;
  stop_phase_ = StopPhase::kDrain;
  http_->close_listener();
  drain(reason, std::chrono::steady_clock::now() + ms(config_.calls.drain_ms));
}

void App::drain(const char* reason, std::chrono::steady_clock::time_point end) {
  if (stop_phase_ != StopPhase::kDrain) return;
  if (!dispatcher_.is_working() || std::chrono::steady_clock::now() >= end) {
    begin_stop(reason);
    return;
  }
  drain_timer_.expires_after(kDrainPoll);
  drain_timer_.async_wait([this, reason, end](const boost::system::error_code& ec) {
    if (!ec) drain(reason, end);
  });
}

// Nothing new comes in, the plugins are told, and what runs may end.
void App::begin_stop(const char* reason) {
  if (std::exchange(stopping_, true)) return;
  const Milliseconds left =
      stop_phase_ == StopPhase::kDrain ? kStopTime : ms(config_.calls.drain_ms);
  stop_phase_ = StopPhase::kPlugins;
  if (health_) health_->begin_draining();
  supervision_.stopping();
  log_.info("stopping", {{"reason", reason}});
  stop_reason_ = reason;
  hangup_.cancel();
  debug_mode_.stop();
  if (control_) control_->stop();
  if (file_watch_) file_watch_->stop();
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
  drain_timer_.expires_after(left);
  drain_timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) drained();
  });
  dispatcher_.when_idle([this] { stop_step_done(); });
  plugins_.begin_stop([this] { stop_step_done(); });
}

void App::stop_step_done() {
  if (--steps_left_ == 0) drained();
}

// Whoever still waits is told so, and the last bytes get a moment to leave.
void App::drained() {
  if (std::exchange(stop_phase_, StopPhase::kFlush) == StopPhase::kFlush) return;
  dispatcher_.answer_rest();
  if (metrics_) metrics_->finish();
  const auto stop = [this] { io_.stop(); };
  drain_timer_.expires_after(kFlushTime);
  drain_timer_.async_wait([stop](const boost::system::error_code& ec) {
    if (!ec) stop();
  });
  if (http_) http_->when_closed(stop);
  if (stdio_) stdio_->when_written(stop);
}

}  // namespace toolpost
