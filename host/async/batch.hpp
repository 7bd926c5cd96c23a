// SPDX-License-Identifier: Apache-2.0
// Collects the jobs of one round of the event loop and hands them to the pool together: one lock
// and one wake for all of them.
#pragma once

#include "async/worker_pool.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <vector>

namespace toolpost::async {

// Belongs to the I/O thread and lives as long as its event loop.
class Batch {
 public:
  Batch(boost::asio::io_context& io, WorkerPool& pool) : io_(io), pool_(pool) {}

  void add(std::shared_ptr<Job> job) {
    jobs_.push_back(std::move(job));
    if (jobs_.size() > 1) return;
    // Runs behind the handlers that are ready now, so that they can add theirs.
    boost::asio::post(io_, [this] {
      pool_.submit(jobs_);
      jobs_.clear();
    });
  }

 private:
  boost::asio::io_context& io_;
  WorkerPool& pool_;
  std::vector<std::shared_ptr<Job>> jobs_;
};

}  // namespace toolpost::async
