// SPDX-License-Identifier: Apache-2.0
#include "call/circuit.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using namespace std::chrono_literals;

namespace {

using call::Circuit;
using call::Clock;

constexpr call::CircuitLimits kLimits{.failures = 3, .open = 10s};

// As after three calls that timed out.
Circuit opened(Clock::time_point now) {
  Circuit circuit{kLimits};
  CHECK_FALSE(circuit.failed(now));
  CHECK_FALSE(circuit.failed(now));
  CHECK(circuit.failed(now));
  CHECK_FALSE(circuit.is_closed());
  return circuit;
}

}  // namespace

TEST_CASE("circuit: opens after so many failures in a row, and not before") {
  const Clock::time_point now{};
  Circuit circuit{kLimits};
  for (int round = 0; round < 5; ++round) {
    CHECK_FALSE(circuit.failed(now));
    CHECK_FALSE(circuit.failed(now));
    CHECK_FALSE(circuit.succeeded());
    CHECK_FALSE(circuit.refuse(now).has_value());
  }
  CHECK(circuit.is_closed());
  CHECK(circuit.refused() == 0);
}

TEST_CASE("circuit: says how long it keeps calls away, and then lets one try") {
  const Clock::time_point now{};
  Circuit circuit = opened(now);
  CHECK(circuit.refuse(now) == 10s);
  CHECK(circuit.refuse(now + 9500ms) == 500ms);
  CHECK(circuit.refused() == 2);
  // What was begun before it opened may time out while it is open: that makes it no longer.
  CHECK_FALSE(circuit.failed(now + 9s));
  CHECK_FALSE(circuit.refuse(now + 10s).has_value());
  circuit.tried(now + 10s);
  CHECK(circuit.refuse(now + 11s) == 9s);
}

TEST_CASE("circuit: one call that succeeds closes it, one that fails opens it again") {
  const Clock::time_point now{};
  Circuit circuit = opened(now);
  circuit.tried(now + 10s);
  CHECK(circuit.failed(now + 12s));
  CHECK(circuit.refuse(now + 12s) == 10s);
  circuit.tried(now + 22s);
  CHECK(circuit.succeeded());
  CHECK(circuit.is_closed());
  CHECK_FALSE(circuit.refuse(now + 22s).has_value());
  // From then on it takes as many failures as at the beginning.
  CHECK_FALSE(circuit.failed(now + 23s));
  CHECK_FALSE(circuit.failed(now + 23s));
  CHECK(circuit.failed(now + 23s));
}

TEST_CASE("circuit: when nobody hears what became of the call that tried, the next one may") {
  const Clock::time_point now{};
  Circuit circuit = opened(now);
  circuit.tried(now + 10s);
  CHECK(circuit.refuse(now + 19s).has_value());
  CHECK_FALSE(circuit.refuse(now + 20s).has_value());
}

TEST_CASE("circuit: without a limit it never opens") {
  Circuit circuit{{.failures = 0, .open = 10s}};
  for (int i = 0; i < 100; ++i) CHECK_FALSE(circuit.failed(Clock::time_point{}));
  CHECK(circuit.is_closed());
}
