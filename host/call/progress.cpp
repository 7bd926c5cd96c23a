// SPDX-License-Identifier: Apache-2.0
#include "call/call.hpp"

#include <algorithm>
#include <utility>

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

void ProgressSlot::go_on_from(ProgressSlot& other) {
  const std::scoped_lock lock{mutex_, other.mutex_};
  last_done_ = other.last_done_;
  any_ = other.any_;
}

bool MessageBudget::take(Clock::time_point now) noexcept {
  const std::chrono::duration<double> passed = now - refilled_;
  refilled_ = now;
  tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

bool NoteQueue::put(Note note, Clock::time_point now) {
  const std::lock_guard lock{mutex_};
  if (waiting_.size() >= kMaxWaiting || !budget_.take(now)) return false;
  waiting_.push_back(std::move(note));
  return waiting_.size() == 1;
}

std::vector<Note> NoteQueue::take() {
  const std::lock_guard lock{mutex_};
  return std::exchange(waiting_, {});
}

}  // namespace toolpost::call
