// SPDX-License-Identifier: Apache-2.0
// The order that makes on_cancel() free of races: the host sets its flag before it calls on_cancel,
// and a callback is stored before that flag is read. Whichever side is late sees the other.
#include "call_state.hpp"

#include <exception>
#include <utility>

namespace toolpost::sdk::detail {

void CallTable::insert(toolpost_call_id id, std::shared_ptr<CallState> state) {
  const std::lock_guard lock(mutex_);
  live_.emplace(id, std::move(state));
}

void CallTable::erase(toolpost_call_id id) noexcept {
  std::shared_ptr<CallState> dropped;  // destroyed after the lock
  const std::lock_guard lock(mutex_);
  const auto found = live_.find(id);
  if (found == live_.end()) return;
  dropped = std::move(found->second);
  live_.erase(found);
}

std::shared_ptr<CallState> CallTable::find(toolpost_call_id id) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = live_.find(id);
  return found == live_.end() ? nullptr : found->second;
}

bool CallState::begin_finish() noexcept {
  if (is_finished_.exchange(true, std::memory_order_acq_rel)) return false;
  table_->erase(id_);
  std::vector<std::function<void()>> dropped;  // destroyed after the lock
  const std::lock_guard lock(mutex_);
  dropped.swap(callbacks_);
  return true;
}

void CallState::on_cancel(std::function<void()> callback) {
  bool is_late = false;
  {
    const std::lock_guard lock(mutex_);
    if (is_finished()) return;
    callbacks_.push_back(std::move(callback));
    is_late = is_cancelled_;
  }
  // Not under the lock: the host may hold a lock of its own while it calls cancel().
  if (is_late || link_->is_cancelled(id_)) cancel();
}

void CallState::cancel() noexcept {
  std::vector<std::function<void()>> due;
  {
    const std::lock_guard lock(mutex_);
    if (is_finished()) return;
    is_cancelled_ = true;
    due.swap(callbacks_);
  }
  for (const auto& callback : due) {
    try {
      callback();
    } catch (...) {
      link_->log(id_, Severity::kError, "a cancellation callback threw; the exception was dropped");
    }
  }
}

bool CallState::leave_to_barrier() noexcept {
  if (std::uncaught_exceptions() == 0 || handler_thread_ != std::this_thread::get_id())
    return false;
  is_left_to_barrier_ = true;
  return true;
}

}  // namespace toolpost::sdk::detail
