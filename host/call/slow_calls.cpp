// SPDX-License-Identifier: Apache-2.0
#include "call/slow_calls.hpp"

namespace toolpost::call {
namespace {

std::int64_t ms(Clock::duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

void SlowCalls::ended(const Call& call, EndedAs as, Clock::time_point now) const {
  const std::chrono::milliseconds threshold = threshold_.load(std::memory_order_relaxed);
  if (threshold.count() == 0 || !call.item || now - call.arrived <= threshold) return;
  const bool has_begun = call.begun != Clock::time_point{};
  const Clock::time_point left_queue = has_begun ? call.begun : now;
  // The item's name: what a client has put into a URI is nobody's business here.
  log_.warn("slow call", {{"item", call.item->name},
                          {"plugin", call.item->plugin_id},
                          {"user", call.principal.name},
                          {"request", call.request_id},
                          {"queue_ms", ms(left_queue - call.arrived)},
                          {"run_ms", ms(now - left_queue)},
                          {"ended", to_string(as)}});
}

}  // namespace toolpost::call
