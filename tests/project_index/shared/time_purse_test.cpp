// SPDX-License-Identifier: Apache-2.0
#include "shared/time_purse.hpp"

#include <doctest/doctest.h>

using namespace toolpost::project_index;
using namespace std::chrono_literals;

namespace {

const TimePurse::Clock::time_point kStart{1000s};

}  // namespace

TEST_CASE("time purse: what is slow and of no use costs a fixed sum, then a tenth of the time") {
  TimePurse purse;
  auto now = kStart;
  std::chrono::milliseconds spent{0};
  while (now < kStart + 100s) {
    if (purse.is_open(now)) {
      purse.spend(40ms, 0ms);
      spent += 40ms;
      now += 40ms;
    }
    now += 30ms;  // of other work
  }
  CHECK(spent > 9s);
  CHECK(spent < 10s + TimePurse::kMost + 100ms);
}

TEST_CASE("time purse: what spares more than it takes is asked for ever") {
  TimePurse purse;
  for (int asked = 0; asked < 1000; ++asked) {
    CHECK(purse.is_open(kStart));
    purse.spend(40ms, 50ms);
  }
}

TEST_CASE("time purse: who does not answer is let alone, each time for longer, until an answer") {
  TimePurse purse;
  auto now = kStart;
  for (auto rest = TimePurse::kShortestRest; rest < TimePurse::kLongestRest; rest *= 2) {
    REQUIRE(purse.is_open(now));
    purse.rest(now);
    purse.rest(now);  // of another thread, which does not count
    CHECK_FALSE(purse.is_open(now + rest - 1ms));
    now += rest;
  }
  CHECK(purse.is_open(now));
  purse.end_rest();
  purse.rest(now);
  CHECK_FALSE(purse.is_open(now + TimePurse::kShortestRest - 1ms));
  CHECK(purse.is_open(now + TimePurse::kShortestRest));
}
