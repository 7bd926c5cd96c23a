// SPDX-License-Identifier: Apache-2.0
// What a cache may cost. Asking it takes time from the purse, what it spares puts that back, and a
// tenth of the time that passes comes in by itself: a cache that is slow and of no use costs a
// fixed sum once, and then a tenth. One that does not answer at all is let alone for a while.
#pragma once

#include <chrono>
#include <mutex>

namespace toolpost::project_index {

// Any thread. The caller says what time it is.
class TimePurse {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::chrono::milliseconds kMost{250};
  static constexpr std::chrono::milliseconds kShortestRest{500};
  static constexpr std::chrono::milliseconds kLongestRest{16'000};

  // Whether there is time to spend.
  bool is_open(Clock::time_point now);

  // An answer that took so long, and spared so much. It never gives back more than it took.
  void spend(Clock::duration took, Clock::duration spared);

  // There was no answer: nobody asks for a time that doubles each time this happens in a row.
  void rest(Clock::time_point now);

  // There was one.
  void end_rest();

 private:
  std::mutex mutex_;
  Clock::duration left_ = kMost;
  Clock::time_point looked_{};
  Clock::time_point rests_until_{};
  Clock::duration next_rest_ = kShortestRest;
};

}  // namespace toolpost::project_index
