// SPDX-License-Identifier: Apache-2.0
// Keeps calls away for a while from a plugin that has let several in a row time out: each more
// would hold a place and its client until the deadline. Then one call tries whether it has come
// back.
#pragma once

#include "call/call.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace toolpost::call {

struct CircuitLimits {
  std::size_t failures = 5;  // in a row, until it opens; 0: never
  std::chrono::milliseconds open{10'000};

  bool operator==(const CircuitLimits&) const = default;
};

// Belongs to the I/O thread; what time it is, it is told.
class Circuit {
 public:
  explicit Circuit(CircuitLimits limits) noexcept : limits_(limits) {}

  // How long calls are kept away yet; nothing: this one may be tried.
  std::optional<std::chrono::milliseconds> refuse(Clock::time_point now);

  // A call that was not refused was given to the plugin. After an open circuit it is the only one,
  // for as long again: what becomes of it may never be known, as when its client gives up.
  void tried(Clock::time_point now);

  // The plugin has let a call time out. True when this has opened the circuit.
  bool failed(Clock::time_point now);

  // It has completed one in time. True when this has closed the circuit.
  bool succeeded();

  bool is_closed() const noexcept { return state_ == State::kClosed; }

  // Calls that were kept away.
  std::uint64_t refused() const noexcept { return refused_; }

 private:
  enum class State { kClosed, kOpen, kTrying };

  CircuitLimits limits_;
  State state_ = State::kClosed;
  std::size_t failures_ = 0;
  Clock::time_point until_{};  // then a call may be tried
  std::uint64_t refused_ = 0;
};

}  // namespace toolpost::call
