// SPDX-License-Identifier: Apache-2.0
// Work that several threads share.
#pragma once

#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace toolpost::project_index {

// Calls work(0) here and work(1) to work(threads - 1) on threads of their own, and waits for all of
// them. Where a thread cannot be had fewer do the work: each takes what is left of it. What one of
// them throws is thrown here, after give_up(), which lets the others end early.
template <class Work, class GiveUp>
void work_together(unsigned threads, const Work& work, const GiveUp& give_up) {
  std::mutex mutex;
  std::exception_ptr failure;
  const auto guarded = [&](unsigned number) noexcept {
    try {
      work(number);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      give_up();
    }
  };
  {
    std::vector<std::jthread> others;
    try {
      for (unsigned number = 1; number < threads; ++number)
        others.emplace_back([&guarded, number] { guarded(number); });
    } catch (const std::exception&) {
      // The limit of processes, or no memory.
    }
    guarded(0);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace toolpost::project_index
