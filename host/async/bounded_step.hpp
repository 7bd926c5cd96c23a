// SPDX-License-Identifier: Apache-2.0
// Runs a function that may never return, and waits for it only so long.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

namespace toolpost::async {

// A function on a thread of its own. If nobody waits long enough the thread goes on by itself, so
// whatever the function touches must live as long as the process.
class BoundedStep {
 public:
  // `finished` (may be empty) runs on that thread after the function.
  explicit BoundedStep(std::function<void()> step, std::function<void()> finished = {});

  // False when the function has not returned by then.
  bool wait_until(std::chrono::steady_clock::time_point deadline) const;

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable done;
    bool finished = false;
  };

  std::shared_ptr<State> state_;
};

}  // namespace toolpost::async
