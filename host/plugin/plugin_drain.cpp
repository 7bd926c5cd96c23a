// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_drain.hpp"

#include "async/bounded_step.hpp"

#include <boost/asio/post.hpp>

#include <system_error>
#include <utility>

namespace toolpost::plugin {
namespace {

constexpr std::chrono::milliseconds kLookAgain{10};
// A function of a plugin that does not come back in this time is taken for one that never will.
constexpr std::chrono::milliseconds kFrameTime{2000};

}  // namespace

PluginDrain::PluginDrain(boost::asio::io_context& io, call::Dispatcher& dispatcher,
                         Instance& instance, std::size_t lane, std::chrono::milliseconds patience,
                         Ended ended)
    : io_(io),
      dispatcher_(dispatcher),
      instance_(instance),
      lane_(lane),
      patience_(patience),
      ended_(std::move(ended)),
      timer_(io) {}

void PluginDrain::begin() {
  enter(Phase::kServing, patience_);
  look();
}

void PluginDrain::hurry() {
  hurried_ = true;
  if (phase_ == Phase::kServing) look();
}

void PluginDrain::enter(Phase phase, Clock::duration patience) {
  phase_ = phase;
  deadline_ = Clock::now() + patience;
}

void PluginDrain::look_again() {
  timer_.expires_after(kLookAgain);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
    if (!ec) self->look();
  });
}

void PluginDrain::look() {
  const bool is_late = Clock::now() >= deadline_;
  const auto is_idle = [this] { return !dispatcher_.has_calls(lane_); };
  switch (phase_) {
    case Phase::kServing:
      if (is_late || hurried_ || is_idle()) stop();
      break;
    case Phase::kStopping:
      if (is_late) enter(Phase::kFinishing, {});
      break;
    case Phase::kFinishing:
      if (!is_late && !is_idle()) break;
      dispatcher_.end_calls(lane_);
      instance_.close();
      enter(Phase::kLeaving, kFrameTime);
      break;
    case Phase::kLeaving:
      if (!instance_.has_frames()) {
        destroy();
      } else if (is_late) {
        end(false);
      }
      break;
    case Phase::kDestroying:
      if (is_late) end(false);
      break;
    case Phase::kSettling:
      if (is_idle()) end(true);
      break;
    case Phase::kEnded:
      break;
  }
  if (phase_ != Phase::kEnded) look_again();
}

void PluginDrain::stop() {
  const auto stopped = [](PluginDrain& self) {
    if (self.phase_ == Phase::kStopping) self.enter(Phase::kFinishing, self.patience_);
  };
  if (run(&Instance::stop, stopped)) enter(Phase::kStopping, patience_ + kFrameTime);
}

// On a thread of its own; `then` runs here. False when there is no thread for it, and then it is
// tried again at the next look.
bool PluginDrain::run(void (Instance::*step)(), void (*then)(PluginDrain&)) {
  try {
    const async::BoundedStep begun{[&instance = instance_, step] { (instance.*step)(); },
                                   [self = shared_from_this(), then] {
                                     boost::asio::post(self->io_, [self, then] { then(*self); });
                                   }};
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

void PluginDrain::destroy() {
  const auto destroyed = [](PluginDrain& self) {
    if (self.phase_ != Phase::kDestroying) return;
    self.instance_.write_off();
    self.enter(Phase::kSettling, {});
  };
  if (run(&Instance::destroy, destroyed)) enter(Phase::kDestroying, kFrameTime);
}

// The lane of one that was given up stays: its calls may still be completed.
void PluginDrain::end(bool clean) {
  phase_ = Phase::kEnded;
  if (clean) {
    dispatcher_.remove_lane(lane_);
  } else {
    instance_.abandon();
  }
  std::exchange(ended_, nullptr)(clean);
}

}  // namespace toolpost::plugin
