// SPDX-License-Identifier: Apache-2.0
#include "call/call.hpp"

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

}  // namespace toolpost::call
