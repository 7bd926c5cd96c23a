// SPDX-License-Identifier: Apache-2.0
// Work that can be told to stop.
#pragma once

#include <toolpost/process.hpp>

namespace toolpost::project_index {

// Copies share one state. Cheap to ask, from any thread: long work asks every few milliseconds. A
// program that works for us is stopped through the cancellation inside.
class StopToken {
 public:
  // Throws sdk::Error(kLimit) when the process has no descriptor left.
  StopToken() = default;

  void stop() const noexcept { cancellation_.request(); }

  bool is_stopped() const noexcept { return cancellation_.is_requested(); }

  const sdk::Cancellation& cancellation() const noexcept { return cancellation_; }

 private:
  sdk::Cancellation cancellation_;
};

}  // namespace toolpost::project_index
