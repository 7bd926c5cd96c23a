// SPDX-License-Identifier: Apache-2.0
#include "plugin/call_gate.hpp"

namespace toolpost::plugin {

bool CallGate::enter() noexcept {
  if (((word_ += kOne) & kClosed) == 0) return true;
  leave();
  return false;
}

void CallGate::leave() noexcept {
  if ((word_ -= kOne) != kClosed) return;
  // Whoever closes it has looked before, or waits by now.
  { const std::lock_guard lock{mutex_}; }
  empty_.notify_all();
}

void CallGate::close(std::chrono::steady_clock::duration patience) {
  word_ |= kClosed;
  std::unique_lock lock{mutex_};
  empty_.wait_for(lock, patience, [this] { return word_ == kClosed; });
}

}  // namespace toolpost::plugin
