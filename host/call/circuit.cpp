// SPDX-License-Identifier: Apache-2.0
#include "call/circuit.hpp"

namespace toolpost::call {

std::optional<std::chrono::milliseconds> Circuit::refuse(Clock::time_point now) {
  if (state_ == State::kClosed || now >= until_) return std::nullopt;
  ++refused_;
  return std::chrono::ceil<std::chrono::milliseconds>(until_ - now);
}

void Circuit::tried(Clock::time_point now) {
  if (state_ == State::kClosed) return;
  state_ = State::kTrying;
  until_ = now + limits_.open;
}

bool Circuit::failed(Clock::time_point now) {
  if (limits_.failures == 0 || state_ == State::kOpen) return false;
  ++failures_;
  if (state_ == State::kClosed && failures_ < limits_.failures) return false;
  state_ = State::kOpen;
  until_ = now + limits_.open;
  return true;
}

bool Circuit::succeeded() {
  failures_ = 0;
  const bool was_open = state_ != State::kClosed;
  state_ = State::kClosed;
  return was_open;
}

}  // namespace toolpost::call
