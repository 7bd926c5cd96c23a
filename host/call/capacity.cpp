// SPDX-License-Identifier: Apache-2.0
#include "call/capacity.hpp"

#include <algorithm>

namespace toolpost::call {
namespace {

constexpr std::size_t kKeptNames = 64;

mcp::Failure short_of_memory() {
  return mcp::overloaded("memory", "The server is short of memory");
}

}  // namespace

std::optional<mcp::Failure> Capacity::enter(const Call& call, Clock::time_point now) {
  const std::string& principal = call.principal.name;
  const std::size_t taken = places_.size();
  if (limit_ != 0 && taken >= limit_) {
    ++refused_.calls;
    return mcp::overloaded("overloaded", "The server has as many calls as it takes at once");
  }
  if (limit_ != 0 && principal != identity::kLocal) {
    const auto own = taken_by_.find(principal);
    if (own != taken_by_.end() && own->second >= limit_ - taken) {
      ++refused_.share;
      return mcp::overloaded("overloaded", "The server is busy, and this caller has its share");
    }
  }
  if (taken != 0 && memory_is_short_ && memory_is_short_(now)) {
    ++refused_.memory;
    return short_of_memory();
  }
  resume(call);
  return std::nullopt;
}

std::optional<mcp::Failure> Capacity::refuse_body(Clock::time_point now) {
  if (!memory_is_short_ || !memory_is_short_(now)) return std::nullopt;
  ++refused_.memory;
  return short_of_memory();
}

void Capacity::resume(const Call& call) {
  places_.insert(std::upper_bound(places_.begin(), places_.end(), call.id), call.id);
  ++taken_by_[call.principal.name];
}

void Capacity::leave(const Call& call) {
  const auto place = std::lower_bound(places_.begin(), places_.end(), call.id);
  if (place == places_.end() || *place != call.id) return;
  places_.erase(place);
  const auto own = taken_by_.find(call.principal.name);
  if (--own->second == 0 && taken_by_.size() > kKeptNames) taken_by_.erase(own);
}

}  // namespace toolpost::call
