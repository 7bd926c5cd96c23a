// SPDX-License-Identifier: Apache-2.0
// Tasks on the disk, one file each: a handle is given only for a task that a restart knows. Each
// process has a directory of its own below the common one; what dead processes left, the next one
// takes over.
#pragma once

#include "async/mailbox.hpp"
#include "async/worker_pool.hpp"
#include "base/log.hpp"
#include "base/private_directory.hpp"
#include "base/unique_fd.hpp"
#include "call/task.hpp"

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace toolpost::call {

// Belongs to the I/O thread; files are written on a worker thread, in order.
class TaskStore {
 public:
  // Runs on the I/O thread; false: it is not on the disk, the log says why.
  using Done = std::function<void(bool kept)>;

  TaskStore(boost::asio::io_context& io, async::WorkerPool& pool, Log& log);

  // `directory` is the common one. Returns the tasks of processes that have ended; those that had
  // not ended with them have failed now, and say so. Before the first request.
  Result<std::vector<Task>> open(const std::string& directory);

  bool is_open() const noexcept { return own_.has_value(); }

  void keep(const Task& task, Done done = {});
  void remove(const std::string& id);

  // Something is still to be written. Any thread.
  bool is_busy() const noexcept { return waiting_ != 0; }

 private:
  struct Step {
    std::string name;
    std::string text;  // empty: the file is removed
    Done done;
  };

  struct Finished {
    Done done;
    bool kept;
  };

  class WriteJob;

  Result<> take_over(const PrivateDirectory& directory, std::vector<Task>& tasks);
  void add(Step step);
  void run(Step step);
  std::optional<Step> next();

  async::WorkerPool& pool_;
  Log& log_;
  std::optional<PrivateDirectory> own_;
  UniqueFd lock_;
  std::mutex mutex_;
  std::deque<Step> steps_;
  bool writing_ = false;  // a job is on its way to them
  std::atomic<std::size_t> waiting_ = 0;
  async::Mailbox<Finished> finished_;
};

}  // namespace toolpost::call
