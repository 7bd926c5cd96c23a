// SPDX-License-Identifier: Apache-2.0
#include "plugin/log_budget.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using namespace std::chrono_literals;
using plugin::LogBudget;

namespace {

constexpr int kMany = 1000;
constexpr LogBudget::TimePoint kBegin{100s};

int granted(LogBudget& budget, LogLevel level, LogBudget::TimePoint now, int lines) {
  int count = 0;
  for (int i = 0; i < lines; ++i) count += budget.take(level, now).granted ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("log budget: so many lines a second, and errors as many of their own") {
  LogBudget budget;
  CHECK(granted(budget, LogLevel::kInfo, kBegin, kMany) == LogBudget::kLinesPerSecond);
  CHECK(granted(budget, LogLevel::kWarn, kBegin, kMany) == 0);
  CHECK(granted(budget, LogLevel::kError, kBegin + 1ms, kMany) == LogBudget::kLinesPerSecond);
  CHECK(granted(budget, LogLevel::kInfo, kBegin + 999ms, kMany) == 0);
  CHECK(granted(budget, LogLevel::kInfo, kBegin + 1s, kMany) == LogBudget::kLinesPerSecond);
}

TEST_CASE("log budget: what was lost is told once, with the next second's first line") {
  LogBudget budget;
  granted(budget, LogLevel::kInfo, kBegin, LogBudget::kLinesPerSecond + 7);
  CHECK(budget.take(LogLevel::kError, kBegin).dropped == 0);
  const LogBudget::Verdict next = budget.take(LogLevel::kError, kBegin + 1s);
  CHECK(next.granted);
  CHECK(next.dropped == 7);
  CHECK(budget.take(LogLevel::kInfo, kBegin + 1s).dropped == 0);
  CHECK(budget.take(LogLevel::kInfo, kBegin + 2s).dropped == 0);
  CHECK(budget.take_dropped() == 0);
}

TEST_CASE("log budget: what was lost last is told at the end") {
  LogBudget budget;
  granted(budget, LogLevel::kError, kBegin, LogBudget::kLinesPerSecond + 3);
  CHECK(budget.take_dropped() == 3);
  CHECK(budget.take_dropped() == 0);
}
