// SPDX-License-Identifier: Apache-2.0
#include "files/work_together.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <latch>
#include <stdexcept>

using namespace toolpost::project_index;

namespace {

constexpr unsigned kThreads = 4;

}  // namespace

TEST_CASE("work together: each number is called once, and all have ended") {
  std::array<std::atomic<int>, kThreads> calls{};
  work_together(
      kThreads, [&](unsigned number) { ++calls[number]; }, [] {});
  for (const auto& count : calls) CHECK(count == 1);
}

TEST_CASE("work together: the numbers run beside each other") {
  std::latch all{kThreads};
  work_together(
      kThreads, [&](unsigned) { all.arrive_and_wait(); }, [] {});
  CHECK(all.try_wait());
}

TEST_CASE("work together: one thread is this one, and none is none too many") {
  for (const unsigned threads : {0U, 1U}) {
    int calls = 0;
    work_together(
        threads, [&](unsigned number) { calls += number == 0 ? 1 : 100; }, [] {});
    CHECK(calls == 1);
  }
}

TEST_CASE("work together: what one throws comes out once the others have ended early") {
  for (const unsigned thrower : {0U, 1U, kThreads - 1}) {
    CAPTURE(thrower);
    std::atomic<bool> is_over = false;
    std::atomic<unsigned> ended = 0;
    const auto work = [&](unsigned number) {
      if (number == thrower) throw std::runtime_error("no memory");
      is_over.wait(false);
      ++ended;
    };
    const auto give_up = [&] {
      is_over = true;
      is_over.notify_all();
    };
    CHECK_THROWS_WITH_AS(work_together(kThreads, work, give_up), "no memory", std::runtime_error);
    CHECK(ended == kThreads - 1);
  }
}
