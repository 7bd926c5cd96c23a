// SPDX-License-Identifier: Apache-2.0
#include "call/lane.hpp"

#include <algorithm>

namespace toolpost::call {

bool Lane::admit(const std::shared_ptr<Call>& call) {
  if (running_ < limits_.concurrency) {
    start(call);
    return true;
  }
  if (waiting_.size() >= limits_.queue) return false;
  waiting_.push_back(call);
  return true;
}

void Lane::release() {
  --running_;
  if (waiting_.empty()) return;
  const std::shared_ptr<Call> next = std::move(waiting_.front());
  waiting_.pop_front();
  start(next);
}

void Lane::forget(const std::shared_ptr<Call>& call) {
  std::erase(waiting_, call);
}

void Lane::start(const std::shared_ptr<Call>& call) {
  ++running_;
  call->state = Call::State::kRunning;
  backend_.invoke(call);
}

}  // namespace toolpost::call
