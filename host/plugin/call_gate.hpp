// SPDX-License-Identifier: Apache-2.0
// The door before a plugin's on_call. To look whether it is open and to go through is one step, so
// that none goes through once it is closed.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace toolpost::plugin {

// Closed at first. Any thread may use it; entering and leaving cost one atomic operation each.
class CallGate {
 public:
  void open() noexcept { word_ &= ~kClosed; }

  // False when it is closed. Who is let in leaves again.
  bool enter() noexcept;
  void leave() noexcept;

  // Lets nobody in any more, and waits for those inside to leave, but only so long: an on_call may
  // need the plugin's stop() to end. A thread that is let in may not have reached the plugin yet,
  // and nobody can see the difference; by then it has.
  void close(std::chrono::steady_clock::duration patience);

 private:
  static constexpr std::uint32_t kClosed = 1;
  static constexpr std::uint32_t kOne = 2;  // of those inside

  std::atomic<std::uint32_t> word_ = kClosed;
  std::mutex mutex_;
  std::condition_variable empty_;
};

}  // namespace toolpost::plugin
