// SPDX-License-Identifier: Apache-2.0
// The threads on which plugin code runs. Elastic: a thread is made when work waits and none is
// idle, up to the limit, and ends after idling. Work is handed over in batches, one wake for each
// batch.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace toolpost::async {

// Something to run once on a pool thread.
class Job {
 public:
  virtual ~Job() = default;
  virtual void run() noexcept = 0;
};

// Callable from any thread. The limit must cover all work that can block at the same time, else one
// blocked plugin could starve another.
class WorkerPool {
 public:
  explicit WorkerPool(std::size_t max_threads);
  // Waits for idle threads; requires that no job is running (see busy()).
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void submit(std::shared_ptr<Job> job);
  void submit(std::span<std::shared_ptr<Job>> batch);

  void raise_limit(std::size_t more_threads);
  // What was raised for somebody who is gone. Threads beyond it end as idle ones do.
  void lower_limit(std::size_t fewer_threads);

  // Jobs waiting or running.
  std::size_t busy() const;

 private:
  void start_threads_for_waiting();
  void work();

  static constexpr std::chrono::seconds kIdleLife{10};

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable thread_ended_;
  std::deque<std::shared_ptr<Job>> waiting_;
  std::size_t max_threads_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
  std::size_t running_ = 0;
  bool stopping_ = false;
};

}  // namespace toolpost::async
