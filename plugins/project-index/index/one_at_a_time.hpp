// SPDX-License-Identifier: Apache-2.0
// Lets one thread work while the others wait for it, each with its own way to give up and its own
// eye on how far the work is.
#pragma once

#include "files/stop_token.hpp"
#include "index/progress.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace toolpost::project_index {

class OneAtATime {
 public:
  // Held by the thread that works.
  class Turn {
   public:
    explicit Turn(OneAtATime* owner) noexcept : owner_(owner) {}

    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    ~Turn() {
      if (owner_ != nullptr) owner_->end();
    }

    // False: the caller does not want the turn any more (stopped, or what it waited for is there).
    bool is_ours() const noexcept { return owner_ != nullptr; }

   private:
    OneAtATime* owner_;
  };

  // Waits for the turn, until `stop` is stopped or `is_served` (asked now and then, with a lock
  // held; may be empty) says that there is nothing left to do.
  Turn take(const StopToken& stop, const Progress& progress,
            const std::function<bool()>& is_served) {
    constexpr std::chrono::milliseconds kBetweenLooks{20};
    std::unique_lock lock(mutex_);
    while (!stop.is_stopped()) {
      if (is_served && is_served()) break;
      if (!is_busy_) {
        is_busy_ = true;
        return Turn(this);
      }
      changed_.wait_for(lock, kBetweenLooks);
      if (!is_busy_ || !progress || what_.empty()) continue;
      const auto [done, total, what] = std::tuple(done_, total_, what_);
      lock.unlock();
      progress(done, total, what);
      lock.lock();
    }
    return Turn(nullptr);
  }

  // For those who wait; by the thread that works.
  void tell(std::uint64_t done, std::uint64_t total, std::string_view what) {
    const std::lock_guard guard(mutex_);
    done_ = done;
    total_ = total;
    what_ = what;
  }

 private:
  void end() {
    {
      const std::lock_guard guard(mutex_);
      is_busy_ = false;
      what_.clear();
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_busy_ = false;
  std::uint64_t done_ = 0, total_ = 0;
  std::string what_;
};

}  // namespace toolpost::project_index
