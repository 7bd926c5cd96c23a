// SPDX-License-Identifier: Apache-2.0
// Says which calls took long, and where the time went.
#pragma once

#include "base/log.hpp"
#include "call/call.hpp"
#include "call/ending.hpp"

#include <atomic>
#include <chrono>

namespace toolpost::call {

// Any thread.
class SlowCalls {
 public:
  explicit SlowCalls(Log& log) : log_(log) {}

  // 0: none is slow.
  void set_threshold(std::chrono::milliseconds threshold) noexcept { threshold_ = threshold; }

  // A call has ended just now. One that took longer than the threshold from its arrival is one line
  // in the log, without its arguments.
  void ended(const Call& call, EndedAs as, Clock::time_point now) const;

 private:
  Log& log_;
  std::atomic<std::chrono::milliseconds> threshold_ = std::chrono::milliseconds{0};
};

}  // namespace toolpost::call
