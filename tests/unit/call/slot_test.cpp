// SPDX-License-Identifier: Apache-2.0
#include "call/call.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace toolpost;

TEST_CASE("slot: free once, by whoever comes last") {
  call::SlotGate first;
  CHECK_FALSE(first.leave_frame());
  CHECK(first.complete());
  call::SlotGate second;
  CHECK_FALSE(second.complete());
  CHECK(second.leave_frame());
}

TEST_CASE("slot: exactly one of two threads frees it") {
  for (int round = 0; round < 200; ++round) {
    call::SlotGate slot;
    std::atomic<int> freed = 0;
    std::thread plugin{[&] { freed += slot.leave_frame() ? 1 : 0; }};
    freed += slot.complete() ? 1 : 0;
    plugin.join();
    REQUIRE(freed == 1);
  }
}

TEST_CASE("progress: a client is told of a burst, and then at a steady rate") {
  call::MessageBudget budget = call::kProgressBudget;
  const call::Clock::time_point start{std::chrono::hours{1}};
  const auto told_in = [&](std::chrono::milliseconds from, std::chrono::milliseconds to) {
    int told = 0;
    for (auto at = from; at < to; at += std::chrono::milliseconds{1})
      told += budget.take(start + at);
    return told;
  };
  using std::chrono::milliseconds;
  CHECK(told_in(milliseconds{0}, milliseconds{1}) == 1);
  CHECK(told_in(milliseconds{1}, milliseconds{50}) == 19);
  CHECK(told_in(milliseconds{1'000}, milliseconds{2'000}) <= 20);
  CHECK(told_in(milliseconds{2'000}, milliseconds{4'000}) == 20);
  CHECK(told_in(milliseconds{60'000}, milliseconds{60'020}) == 20);
}

TEST_CASE("progress: only what rises is kept, and only the latest") {
  call::ProgressSlot slot;
  bool first = false;
  CHECK(slot.put({1, 3, "a"}, &first));
  CHECK(first);
  CHECK(slot.put({2, 3, "b"}, &first));
  CHECK_FALSE(first);
  CHECK_FALSE(slot.put({2, 3, "c"}, &first));
  CHECK(slot.take()->text == "b");
  CHECK_FALSE(slot.take().has_value());
  CHECK_FALSE(slot.put({1.5, 3, "d"}, &first));
}
