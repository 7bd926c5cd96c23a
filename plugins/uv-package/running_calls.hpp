// SPDX-License-Identifier: Apache-2.0
// The calls in progress, so that a stop of the plugin can end their processes. Any thread.
#pragma once

#include <toolpost/process.hpp>

#include <list>
#include <mutex>

namespace toolpost::uv_package {

class RunningCalls {
 public:
  // Counts a call as running while it lives.
  class Entry {
   public:
    Entry(RunningCalls& calls, const sdk::Cancellation& cancellation);
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry();

   private:
    RunningCalls& calls_;
    std::list<sdk::Cancellation>::iterator place_;
  };

  // Cancels every running call, and each one that begins later.
  void stop();
  bool is_stopping() const;

 private:
  mutable std::mutex mutex_;
  std::list<sdk::Cancellation> cancellations_;
  bool is_stopping_ = false;
};

}  // namespace toolpost::uv_package
