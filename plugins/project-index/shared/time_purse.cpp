// SPDX-License-Identifier: Apache-2.0
#include "shared/time_purse.hpp"

#include <algorithm>

namespace toolpost::project_index {

bool TimePurse::is_open(Clock::time_point now) {
  const std::lock_guard guard(mutex_);
  if (looked_ != Clock::time_point{} && now > looked_)
    left_ = std::min<Clock::duration>(left_ + (now - looked_) / 10, kMost);
  looked_ = std::max(looked_, now);
  return now >= rests_until_ && left_ > Clock::duration::zero();
}

void TimePurse::spend(Clock::duration took, Clock::duration spared) {
  const std::lock_guard guard(mutex_);
  left_ -= std::max(took - spared, Clock::duration::zero());
}

void TimePurse::rest(Clock::time_point now) {
  const std::lock_guard guard(mutex_);
  // Of several threads that found out together only the first counts.
  if (now < rests_until_) return;
  rests_until_ = now + next_rest_;
  next_rest_ = std::min<Clock::duration>(next_rest_ * 2, kLongestRest);
}

void TimePurse::end_rest() {
  const std::lock_guard guard(mutex_);
  next_rest_ = kShortestRest;
}

}  // namespace toolpost::project_index
