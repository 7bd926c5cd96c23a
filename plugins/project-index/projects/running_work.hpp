// SPDX-License-Identifier: Apache-2.0
// The stop tokens of everything that is under way, so that the plugin can end it.
#pragma once

#include "files/stop_token.hpp"

#include <list>
#include <mutex>

namespace toolpost::project_index {

// Any thread.
class RunningWork {
 public:
  // In the list for as long as it lives.
  class Entry {
   public:
    explicit Entry(RunningWork& all);
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry();

    const StopToken& token() const noexcept { return *at_; }

   private:
    RunningWork& all_;
    std::list<StopToken>::iterator at_;
  };

  // Stops what is under way, and whatever begins later at once.
  void stop();

 private:
  std::mutex mutex_;
  std::list<StopToken> tokens_;
  bool is_stopped_ = false;
};

}  // namespace toolpost::project_index
