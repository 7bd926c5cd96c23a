// SPDX-License-Identifier: Apache-2.0
#include "call/fair_queue.hpp"

#include <algorithm>

namespace toolpost::call {

void FairQueue::push(const std::shared_ptr<Call>& call) {
  const auto known = places_.find(call->principal.name);
  if (known != places_.end()) {
    known->second->calls.push_back(call);
  } else {
    turns_.push_back({call->principal.name, {call}});
    const Place last = std::prev(turns_.end());
    places_.emplace(last->principal, last);
  }
  ++size_;
}

std::shared_ptr<Call> FairQueue::pop() {
  const Place next = turns_.begin();
  std::shared_ptr<Call> call = std::move(next->calls.front());
  next->calls.pop_front();
  --size_;
  if (next->calls.empty()) {
    remove(next);
  } else {
    turns_.splice(turns_.end(), turns_, next);
  }
  return call;
}

bool FairQueue::erase(const std::shared_ptr<Call>& call) {
  const auto known = places_.find(call->principal.name);
  if (known == places_.end()) return false;
  auto& calls = known->second->calls;
  const auto place = std::find(calls.begin(), calls.end(), call);
  if (place == calls.end()) return false;
  calls.erase(place);
  --size_;
  if (calls.empty()) remove(known->second);
  return true;
}

std::size_t FairQueue::size_of(std::string_view principal) const {
  const auto known = places_.find(principal);
  return known == places_.end() ? 0 : known->second->calls.size();
}

void FairQueue::remove(Place turn) {
  places_.erase(turn->principal);
  turns_.erase(turn);
}

}  // namespace toolpost::call
