// SPDX-License-Identifier: Apache-2.0
#include "call/call.hpp"

#include <algorithm>

namespace toolpost::call {

bool ProgressSlot::put(Progress progress, bool* first) {
  const std::lock_guard lock{mutex_};
  // The protocol wants strictly rising values.
  if (any_ && progress.done <= last_done_) return false;
  any_ = true;
  last_done_ = progress.done;
  *first = !waiting_.has_value();
  waiting_ = std::move(progress);
  return true;
}

std::optional<Progress> ProgressSlot::take() {
  const std::lock_guard lock{mutex_};
  std::optional<Progress> progress = std::move(waiting_);
  waiting_.reset();
  return progress;
}

bool ProgressSlot::is_waiting() {
  const std::lock_guard lock{mutex_};
  return waiting_.has_value();
}

bool ProgressBudget::take(Clock::time_point now) noexcept {
  const std::chrono::duration<double> passed = now - refilled_;
  refilled_ = now;
  tokens_ = std::min(kBurst, tokens_ + passed.count() * kPerSecond);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

}  // namespace toolpost::call
