// SPDX-License-Identifier: Apache-2.0
#include "call/lane.hpp"

namespace toolpost::call {

bool Lane::admit(const std::shared_ptr<Call>& call) {
  if (running_ < limits_.concurrency) {
    give_slot(call);
    return true;
  }
  if (waiting_.size() >= limits_.queue) return false;
  const std::string& principal = call->principal.name;
  if (principal != identity::kLocal &&
      waiting_.size_of(principal) > limits_.queue - waiting_.size() - 1) {
    return false;
  }
  waiting_.push(call);
  return true;
}

void Lane::release() {
  --running_;
  if (waiting_.empty()) return;
  give_slot(waiting_.pop());
}

void Lane::forget(const std::shared_ptr<Call>& call) {
  if (call->has_slot) {
    call->has_slot = false;
    release();
  } else {
    waiting_.erase(call);
  }
}

void Lane::intent_recorded(const std::shared_ptr<Call>& call) {
  call->intent_pending = false;
  if (call->has_slot) begin(call);
}

// Its place is kept while the intent is on its way to the disk, which takes less time than another
// call would.
void Lane::give_slot(const std::shared_ptr<Call>& call) {
  ++running_;
  call->has_slot = true;
  if (!call->intent_pending) begin(call);
}

void Lane::begin(const std::shared_ptr<Call>& call) {
  call->state = Call::State::kRunning;
  call->begun = Clock::now();
  backend_.invoke(call);
}

}  // namespace toolpost::call
