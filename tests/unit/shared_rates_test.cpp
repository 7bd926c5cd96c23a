// SPDX-License-Identifier: Apache-2.0
// Two replicas and a bucket between them: what one spends the other lacks, and a store that is away
// changes nothing.
#include "shared_rates.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <mutex>

using namespace toolpost;
using namespace std::chrono_literals;
using policy::RateLimiter;
using store::Reply;

namespace {

constexpr auto kPatience = 20s;

// The script's arithmetic without time: buckets that do not refill.
class Buckets final : public store::Store {
 public:
  Result<Reply> ask(store::Words words) override {
    const std::lock_guard lock{mutex_};
    ++asked;
    if (is_down) return Error{Errc::kUnavailable, "down"};
    const auto count = static_cast<std::size_t>(std::stoul(std::string{words[2]}));
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      const auto number = [&](std::size_t at) {
        return std::stod(std::string{words[3 + count + 4 * i + at]});
      };
      const std::string key{words[3 + i]};
      double& left = left_.emplace(key, number(2)).first->second;
      left -= number(0);
      text += (text.empty() ? "" : " ") + std::to_string(left);
    }
    return Reply{.kind = Reply::Kind::kText, .text = lies ? "1e9" : text};
  }

  std::map<std::string, double> left() {
    const std::lock_guard lock{mutex_};
    return left_;
  }

  std::atomic<int> asked = 0;
  std::atomic<bool> is_down = false;
  std::atomic<bool> lies = false;

 private:
  std::mutex mutex_;
  std::map<std::string, double> left_;
};

struct Replica {
  Replica(boost::asio::io_context& io, async::WorkerPool& pool, store::Store& store,
          const identity::SealKeys& keys, Log& log)
      : rates(io, pool, store, keys, "p", log) {
    rates.share("tool", limiter);
  }

  bool take(std::string_view key) {
    return limiter.take(key, RateLimiter::Time::clock::now()) == 0ms;
  }

  RateLimiter limiter{{.per_minute = 1, .burst = 10}};
  SharedRates rates;
};

struct World {
  // Runs the I/O thread's work until nobody has anything to tell, or the buckets hold so much.
  void settle(int asked) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while ((store.asked < asked || one.rates.is_busy() || other.rates.is_busy()) &&
           std::chrono::steady_clock::now() < until) {
      io.restart();
      io.run_for(5ms);
    }
    CHECK(store.asked >= asked);
    io.restart();
    io.poll();
  }

  boost::asio::io_context io;
  async::WorkerPool pool{2};
  Buckets store;
  identity::SealKeys keys = *identity::SealKeys::make_passing();
  std::unique_ptr<Log> log = *Log::open({.level = LogLevel::kFatal});
  Replica one{io, pool, store, keys, *log};
  Replica other{io, pool, store, keys, *log};
};

}  // namespace

TEST_CASE("shared rates: what one replica has let through, the other lacks") {
  World world;
  for (int i = 0; i < 10; ++i) CHECK(world.one.take("ann"));
  CHECK_FALSE(world.one.take("ann"));
  world.settle(1);
  CHECK(world.other.take("ann"));  // it has not heard of it yet
  world.settle(2);
  CHECK_FALSE(world.other.take("ann"));
  CHECK(world.other.take("bob"));
  const auto left = world.store.left();
  for (const auto& [key, tokens] : left) {
    CHECK(key.starts_with("p:rate:tool:"));
    CHECK(key.find("ann") == std::string::npos);
  }
}

TEST_CASE("shared rates: many takes at once are one question") {
  World world;
  for (int i = 0; i < 10; ++i) CHECK(world.one.take("ann"));
  for (int i = 0; i < 100; ++i) CHECK(world.one.take(std::to_string(i)));
  world.settle(1);
  CHECK(world.store.asked == 1);
  CHECK(world.store.left().size() == 101);
}

TEST_CASE("shared rates: a store that is away, or lies, leaves the local limit as it is") {
  World world;
  for (const bool is_lying : {false, true}) {
    world.store.is_down = !is_lying;
    world.store.lies = is_lying;
    const std::string key = is_lying ? "ann" : "bob";
    const int asked = world.store.asked;
    for (int i = 0; i < 5; ++i) CHECK(world.one.take(key));
    world.settle(asked + 1);
    for (int i = 0; i < 5; ++i) CHECK(world.one.take(key));
    CHECK_FALSE(world.one.take(key));
    world.settle(asked + 2);
    CHECK_FALSE(world.one.take(key));
  }
}

TEST_CASE("shared rates: once it is back, what is spent is told again") {
  World world;
  world.store.is_down = true;
  CHECK(world.one.take("ann"));
  world.settle(1);
  world.store.is_down = false;
  CHECK(world.one.take("ann"));
  world.settle(2);
  REQUIRE(world.store.left().size() == 1);
  CHECK(world.store.left().begin()->second == 9);  // the one before was this process's own
}
