// SPDX-License-Identifier: Apache-2.0
// A thread that sleeps until there is work, and is woken without a lock: whoever wakes it makes a
// system call only when it really sleeps.
#pragma once

#include "base/unique_fd.hpp"

#include <atomic>
#include <chrono>
#include <functional>

namespace toolpost::async {

class Sleeper {
 public:
  // Throws std::system_error when there is no descriptor left.
  Sleeper();

  // [its own thread] Returns when somebody calls wake(), when the time is over, or at once when
  // `has_work` says so after the announcement that this thread sleeps.
  void sleep(std::chrono::milliseconds at_most, const std::function<bool()>& has_work);

  // [any thread] After the work was made visible.
  void wake() noexcept;

 private:
  UniqueFd event_;
  std::atomic<bool> sleeping_ = false;
};

}  // namespace toolpost::async
