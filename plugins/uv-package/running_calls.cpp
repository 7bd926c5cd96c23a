// SPDX-License-Identifier: Apache-2.0
#include "running_calls.hpp"

namespace toolpost::uv_package {

RunningCalls::Entry::Entry(RunningCalls& calls, const sdk::Cancellation& cancellation)
    : calls_(calls) {
  const std::lock_guard lock(calls_.mutex_);
  place_ = calls_.cancellations_.insert(calls_.cancellations_.end(), cancellation);
  if (calls_.is_stopping_) cancellation.request();
}

RunningCalls::Entry::~Entry() {
  const std::lock_guard lock(calls_.mutex_);
  calls_.cancellations_.erase(place_);
}

void RunningCalls::stop() {
  const std::lock_guard lock(mutex_);
  is_stopping_ = true;
  for (const sdk::Cancellation& cancellation : cancellations_) cancellation.request();
}

bool RunningCalls::is_stopping() const {
  const std::lock_guard lock(mutex_);
  return is_stopping_;
}

}  // namespace toolpost::uv_package
