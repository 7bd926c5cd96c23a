// SPDX-License-Identifier: Apache-2.0
// Lets a plugin write so many log lines a second; a flood loses lines, not the disk.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace toolpost::plugin {

class LogBudget {
 public:
  static constexpr int kLinesPerSecond = 200;

  using TimePoint = std::chrono::steady_clock::time_point;

  // False when this second's lines are used up.
  bool take(TimePoint now) {
    const std::lock_guard lock{mutex_};
    if (now - second_ >= std::chrono::seconds{1}) {
      second_ = now;
      used_ = 0;
    }
    if (used_ >= kLinesPerSecond) {
      ++dropped_;
      return false;
    }
    ++used_;
    return true;
  }

  std::uint64_t dropped() {
    const std::lock_guard lock{mutex_};
    return dropped_;
  }

 private:
  std::mutex mutex_;
  TimePoint second_{};
  int used_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace toolpost::plugin
