// SPDX-License-Identifier: Apache-2.0
// Rates that hold for all replicas together. Each replica limits by itself, as without a Redis, at
// once and on its I/O thread; what it has let through it tells the Redis in the background, and
// hears how much all of them have left. That lowers its own buckets, below zero even: what replicas
// let through before they heard of each other is paid back by all.
//
// Why not ask before a call begins: then the Redis is on the way of every request. One that is slow
// makes all of them slow, and one that is down makes them wait until the circuit is open; the I/O
// thread may not block, so that each request would become two steps. Why not take tokens ahead: a
// replica that holds some refuses nobody while another one, with none left, refuses; for small
// bursts, which most are, there is nothing to hand out. The price of telling afterwards is known:
// in the moment before the replicas have heard of each other each may let a burst through, once.
//
// A Redis that is down, slow or lying leaves the local limits as they are. Nothing that it says
// raises a limit. Who writes into it can make a bucket seem empty, for as long as it takes to
// refill.
#pragma once

#include "async/mailbox.hpp"
#include "async/worker_pool.hpp"
#include "base/log.hpp"
#include "identity/seal_keys.hpp"
#include "policy/rate_limiter.hpp"
#include "store/shared_buckets.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace toolpost {

// Belongs to the I/O thread; the Redis is asked on worker threads.
class SharedRates {
 public:
  // So long what was spent is collected, and then told at once.
  static constexpr std::chrono::milliseconds kPause{10};
  // Buckets told of at once; the rest follows.
  static constexpr std::size_t kMaxBuckets = 256;

  // `keys` name the buckets, so that who reads the Redis learns no names of users.
  SharedRates(boost::asio::io_context& io, async::WorkerPool& pool, store::Store& store,
              const identity::SealKeys& keys, std::string prefix, Log& log);

  // `name` is the same in all replicas. The limiter outlives this.
  void share(std::string name, policy::RateLimiter& limiter);
  void stop();

  // A worker thread asks the Redis. Any thread.
  bool is_busy() const noexcept { return busy_ != 0; }

 private:
  class Job;

  struct Shared {
    std::string name;
    policy::RateLimiter* limiter;
  };

  // One bucket, on its way to the Redis and back.
  struct Part {
    std::size_t limiter;  // place in limiters_
    std::string key;      // in the limiter
    double spent;
    policy::RateLimit limit;
  };

  struct Told {
    std::vector<Part> parts;
    Result<std::vector<double>> left = std::vector<double>{};
  };

  void arm();
  void tell();
  Result<std::vector<double>> ask(const std::vector<Part>& parts) const;
  void on_told(Told told);

  async::WorkerPool& pool_;
  store::Store& store_;
  const identity::SealKeys& keys_;
  const std::string prefix_;
  Log& log_;
  std::vector<Shared> limiters_;  // complete before the first is told of
  boost::asio::steady_timer timer_;
  std::atomic<int> busy_ = 0;
  bool is_armed_ = false;  // the timer runs, or an answer is awaited
  bool stopped_ = false;
  bool complained_ = false;
  async::Mailbox<Told> answers_;
};

}  // namespace toolpost
