// SPDX-License-Identifier: Apache-2.0
#include "async/worker_pool.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <latch>

using namespace toolpost;

namespace {

struct Task final : async::Job {
  explicit Task(std::function<void()> f) : function(std::move(f)) {}

  void run() noexcept override { function(); }

  std::function<void()> function;
};

std::shared_ptr<async::Job> task(std::function<void()> function) {
  return std::make_shared<Task>(std::move(function));
}

}  // namespace

TEST_CASE("worker pool: jobs that wait for each other all run while the limit allows it") {
  constexpr std::ptrdiff_t kJobs = 8;
  std::latch all{kJobs};
  std::latch done{kJobs};
  async::WorkerPool pool{kJobs};
  std::vector<std::shared_ptr<async::Job>> batch;
  for (std::ptrdiff_t i = 0; i < kJobs; ++i) {
    batch.push_back(task([&] {
      all.arrive_and_wait();
      done.count_down();
    }));
  }
  pool.submit(batch);
  done.wait();
}

TEST_CASE("worker pool: more jobs than threads run one after the other") {
  std::atomic<int> count = 0;
  std::latch done{100};
  async::WorkerPool pool{2};
  for (int i = 0; i < 100; ++i) {
    pool.submit(task([&] {
      ++count;
      done.count_down();
    }));
  }
  done.wait();
  CHECK(count == 100);
}
