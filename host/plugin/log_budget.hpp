// SPDX-License-Identifier: Apache-2.0
// Lets a plugin write so many log lines a second; a flood loses lines, not the disk, and how many
// it has lost is told.
#pragma once

#include "base/log.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <utility>

namespace toolpost::plugin {

class LogBudget {
 public:
  // Errors have as many of their own, so that chatter cannot take the place of what went wrong.
  static constexpr int kLinesPerSecond = 200;

  using TimePoint = std::chrono::steady_clock::time_point;

  struct Verdict {
    bool granted = false;
    std::uint64_t dropped = 0;  // lines that were lost and not told of yet; told now
  };

  // Not granted when this second's lines are used up. What one second loses is told with the first
  // line of a later one, so once a second at most.
  Verdict take(LogLevel level, TimePoint now) {
    const std::lock_guard lock{mutex_};
    Verdict verdict;
    if (now - second_ >= std::chrono::seconds{1}) {
      second_ = now;
      errors_used_ = 0;
      others_used_ = 0;
      verdict.dropped = std::exchange(dropped_, 0);
    }
    int& used = level >= LogLevel::kError ? errors_used_ : others_used_;
    verdict.granted = used < kLinesPerSecond;
    if (verdict.granted) {
      ++used;
    } else {
      ++dropped_;
    }
    return verdict;
  }

  // At the end: no later line will tell of them.
  std::uint64_t take_dropped() {
    const std::lock_guard lock{mutex_};
    return std::exchange(dropped_, 0);
  }

 private:
  std::mutex mutex_;
  TimePoint second_{};
  int errors_used_ = 0;
  int others_used_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace toolpost::plugin
