// SPDX-License-Identifier: Apache-2.0
#include "async/worker_pool.hpp"

#include <system_error>

namespace toolpost::async {

WorkerPool::WorkerPool(std::size_t max_threads) : max_threads_(max_threads) {}

WorkerPool::~WorkerPool() {
  std::unique_lock lock{mutex_};
  stopping_ = true;
  wake_.notify_all();
  thread_ended_.wait(lock, [&] { return threads_ == 0; });
}

void WorkerPool::submit(std::shared_ptr<Job> job) {
  submit(std::span{&job, 1});
}

void WorkerPool::submit(std::span<std::shared_ptr<Job>> batch) {
  if (batch.empty()) return;
  std::size_t to_wake = 0;
  {
    const std::lock_guard lock{mutex_};
    for (auto& job : batch) waiting_.push_back(std::move(job));
    to_wake = std::min(batch.size(), idle_);
    start_threads_for_waiting();
  }
  for (std::size_t i = 0; i < to_wake; ++i) wake_.notify_one();
}

void WorkerPool::raise_limit(std::size_t more_threads) {
  const std::lock_guard lock{mutex_};
  max_threads_ += more_threads;
}

void WorkerPool::lower_limit(std::size_t fewer_threads) {
  const std::lock_guard lock{mutex_};
  max_threads_ -= fewer_threads;
}

std::size_t WorkerPool::busy() const {
  const std::lock_guard lock{mutex_};
  return waiting_.size() + running_;
}

void WorkerPool::start_threads_for_waiting() {
  while (waiting_.size() > idle_ && threads_ < max_threads_) {
    try {
      // Detached because a plugin may never return; the destructor counts instead of joining.
      std::thread{[this] { work(); }}.detach();
    } catch (const std::system_error&) {
      return;  // out of threads: those that exist will get to the work
    }
    ++threads_;
    ++idle_;
  }
}

void WorkerPool::work() {
  std::unique_lock lock{mutex_};
  while (true) {
    const bool woken =
        wake_.wait_for(lock, kIdleLife, [&] { return stopping_ || !waiting_.empty(); });
    if (!woken || (stopping_ && waiting_.empty())) break;
    std::shared_ptr<Job> job = std::move(waiting_.front());
    waiting_.pop_front();
    --idle_;
    ++running_;
    lock.unlock();
    job->run();
    job.reset();
    lock.lock();
    ++idle_;
    --running_;
  }
  --idle_;
  --threads_;
  // Under the lock: the pool may be gone as soon as it is released.
  thread_ended_.notify_all();
}

}  // namespace toolpost::async
