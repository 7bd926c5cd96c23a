// SPDX-License-Identifier: Apache-2.0
// The part of PluginHost that ends the plugins with the process: all of them side by side, so that
// one whose code does not return costs no other its time.
#include "async/bounded_step.hpp"
#include "plugin/plugin_host.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <optional>
#include <system_error>
#include <thread>

namespace toolpost::plugin {
namespace {

using Clock = std::chrono::steady_clock;

bool has_returned(const async::BoundedStep& step) {
  return step.wait_until(Clock::now());
}

// Nothing when there is no thread for it; then it is tried again.
std::optional<async::BoundedStep> begun(Instance& instance, void (Instance::*step)()) {
  try {
    return async::BoundedStep{[&instance, step] { (instance.*step)(); }};
  } catch (const std::system_error&) {
    return std::nullopt;
  }
}

}  // namespace

// The end of one instance: stop() unless it was told, then no more on_cancel, then destroy() once
// none of its functions is on a stack.
class PluginHost::Ending {
 public:
  explicit Ending(Instance& instance) : instance_(&instance) {}

  Instance& instance() const noexcept { return *instance_; }

  // It was given up before, and nobody waits for it.
  bool is_hopeless() const noexcept { return !instance_->is_alive() && !instance_->is_destroyed(); }

  // True once destroy() has returned. Never waits.
  bool look() {
    if (!stop_) stop_ = begun(*instance_, &Instance::stop);
    if (!stop_ || !has_returned(*stop_)) return false;
    instance_->close();
    if (!destroy_ && !instance_->has_frames()) destroy_ = begun(*instance_, &Instance::destroy);
    return destroy_ && has_returned(*destroy_);
  }

 private:
  Instance* instance_;
  std::optional<async::BoundedStep> stop_;
  std::optional<async::BoundedStep> destroy_;
};

void PluginHost::begin_stop(std::function<void()> stopped) {
  stopped_ = true;
  for (const auto& drain : std::vector(drains_)) drain->hurry();
  still_stopping_ = running_.size();
  if (still_stopping_ == 0) {
    boost::asio::post(io_, std::move(stopped));
    return;
  }
  for (const RunningPlugin& running : running_) {
    async::BoundedStep{[instance = running.instance] { instance->stop(); },
                       [this, stopped] {
                         boost::asio::post(io_, [this, stopped] {
                           if (--still_stopping_ == 0) stopped();
                         });
                       }};
  }
}

bool PluginHost::is_draining(const Instance& instance) const {
  return std::any_of(drains_.begin(), drains_.end(),
                     [&](const auto& drain) { return &drain->instance() == &instance; });
}

// Of instances that a reload has staged nobody knows yet how far they are; they come last.
void PluginHost::add_endings(std::vector<Ending>& endings) {
  const auto is_known = [&](const Instance& instance) {
    return staging_ == 0 || is_draining(instance) ||
           std::any_of(running_.begin(), running_.end(),
                       [&](const RunningPlugin& one) { return one.instance == &instance; });
  };
  const std::lock_guard lock{instances_mutex_};
  for (const auto& instance : instances_) {
    if (!is_known(*instance) || !ending_.insert(instance.get()).second) continue;
    if (!instance->is_destroyed()) {
      endings.emplace_back(*instance);
    } else if (is_draining(*instance)) {
      // Its drain had only to say so when the event loop ended.
      tell({.id = instance->id(), .what = "stopped"});
    }
  }
}

bool PluginHost::destroy(Clock::time_point deadline) {
  for (const RunningPlugin& running : running_) registry_.withdraw_all(running.options.id);
  stopped_ = true;
  std::vector<Ending> endings;
  for (bool at_work = true; at_work;) {
    const bool staged = staging_ != 0;
    add_endings(endings);
    std::erase_if(endings, [this](Ending& ending) {
      if (!ending.look()) return false;
      tell({.id = ending.instance().id(), .what = "stopped"});
      return true;
    });
    at_work = staged || !std::all_of(endings.begin(), endings.end(),
                                     [](const Ending& ending) { return ending.is_hopeless(); });
    if (Clock::now() >= deadline) break;
    std::this_thread::yield();
  }
  for (const Ending& ending : endings) {
    tell({.id = ending.instance().id(), .what = "abandoned"});
    ending.instance().abandon();
    log_.warn("plugin abandoned: its code is still running", {{"plugin", ending.instance().id()}});
  }
  return endings.empty() && !abandoned_ && staging_ == 0;
}

}  // namespace toolpost::plugin
