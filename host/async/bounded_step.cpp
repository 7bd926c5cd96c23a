// SPDX-License-Identifier: Apache-2.0
#include "async/bounded_step.hpp"

#include <thread>

namespace toolpost::async {

BoundedStep::BoundedStep(std::function<void()> step, std::function<void()> finished)
    : state_(std::make_shared<State>()) {
  std::thread{[state = state_, step = std::move(step), finished = std::move(finished)] {
    step();
    {
      const std::lock_guard lock{state->mutex};
      state->finished = true;
    }
    state->done.notify_all();
    if (finished) finished();
  }}.detach();
}

bool BoundedStep::wait_until(std::chrono::steady_clock::time_point deadline) const {
  std::unique_lock lock{state_->mutex};
  return state_->done.wait_until(lock, deadline, [&] { return state_->finished; });
}

}  // namespace toolpost::async
