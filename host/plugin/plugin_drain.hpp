// SPDX-License-Identifier: Apache-2.0
// The way out of one instance while the server goes on: its calls may end, it is told to stop, what
// is left is answered by the host, and then it is destroyed, or given up when its code does not
// come back.
#pragma once

#include "call/dispatcher.hpp"
#include "plugin/instance.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace toolpost::plugin {

// Belongs to the I/O thread. Nothing of the instance may be in the registry any more.
class PluginDrain : public std::enable_shared_from_this<PluginDrain> {
 public:
  // `clean` is false when the instance was given up. Runs once, at the end.
  using Ended = std::function<void(bool clean)>;

  // `patience`: how long calls may take before the stop, and once more after it.
  PluginDrain(boost::asio::io_context& io, call::Dispatcher& dispatcher, Instance& instance,
              std::size_t lane, std::chrono::milliseconds patience, Ended ended);

  void begin();

  // The server stops: this instance is told so now.
  void hurry();

  const Instance& instance() const noexcept { return instance_; }

 private:
  using Clock = std::chrono::steady_clock;

  enum class Phase {
    kServing,     // what was begun goes on
    kStopping,    // stop() has not returned
    kFinishing,   // it has; completions may still come
    kLeaving,     // the host has answered the rest; until no function of the plugin is on a stack
    kDestroying,  // destroy() has not returned
    kSettling,    // until the last call is forgotten
    kEnded,
  };

  void enter(Phase phase, Clock::duration patience);
  void look_again();
  void look();
  void stop();
  void destroy();
  bool run(void (Instance::*step)(), void (*then)(PluginDrain&));
  void end(bool clean);

  boost::asio::io_context& io_;
  call::Dispatcher& dispatcher_;
  Instance& instance_;
  const std::size_t lane_;
  const std::chrono::milliseconds patience_;
  Ended ended_;
  boost::asio::steady_timer timer_;
  Phase phase_ = Phase::kServing;
  Clock::time_point deadline_{};
  bool hurried_ = false;
};

}  // namespace toolpost::plugin
