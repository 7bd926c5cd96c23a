// SPDX-License-Identifier: Apache-2.0
#include "store/redis.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

namespace toolpost::store {
namespace {

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{2000};
// One that comes and goes is not worth a line each time.
constexpr std::chrono::seconds kComplaintInterval{60};

struct Reached {
  std::unique_ptr<RedisConnection> connection;
  Endpoint endpoint;
};

Result<Reached> reach(const Endpoint& endpoint, const RedisOptions& options) {
  const Deadline deadline = std::chrono::steady_clock::now() + options.deadline;
  auto connection =
      RedisConnection::open(endpoint, options.login, options.max_reply_bytes, deadline);
  if (!connection) return connection.error();
  const std::array<std::string_view, 1> words{"PING"};
  const auto reply = (*connection)->ask(words, deadline);
  if (!reply) return reply.error();
  if (reply->kind == Reply::Kind::kError) {
    return Error{Errc::kDenied, "it refuses with " + error_code(*reply)};
  }
  if (reply->text != "PONG") return invalid("what answers is no Redis");
  return Reached{std::move(*connection), endpoint};
}

// The first of the host's addresses that answers.
Result<Reached> reach_any(const RedisOptions& options) {
  const auto endpoints = resolve(options.address);
  if (!endpoints) return endpoints.error();
  Error last{Errc::kUnavailable, "the host has no address"};
  for (const Endpoint& endpoint : *endpoints) {
    auto reached = reach(endpoint, options);
    if (reached) return reached;
    last = reached.error();
  }
  return last;
}

}  // namespace

Result<std::chrono::microseconds> ping(const RedisOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  const auto reached = reach_any(options);
  if (!reached) return reached.error();
  return std::chrono::ceil<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
}

Redis::Redis(RedisOptions options, Log& log) : options_(std::move(options)), log_(log) {
  is_keeping_ = true;
  keeper_ = std::thread{[this] { keep(); }};
}

Redis::~Redis() {
  stop();
  join();
}

bool Redis::is_up() const {
  const std::lock_guard lock{mutex_};
  return state_ == State::kUp;
}

void Redis::stop() {
  const std::lock_guard lock{mutex_};
  state_ = State::kStopped;
  idle_.clear();
  changed_.notify_all();
}

void Redis::join() {
  if (keeper_.joinable()) keeper_.join();
}

Result<Reply> Redis::ask(Words words) {
  const Deadline deadline = Clock::now() + options_.deadline;
  auto lease = borrow(deadline);
  if (!lease) return lease.error();
  if (!lease->connection) {
    auto opened =
        RedisConnection::open(lease->endpoint, options_.login, options_.max_reply_bytes, deadline);
    if (!opened) {
      fail(*lease, opened.error());
      return opened.error();
    }
    lease->connection = std::move(*opened);
  }
  auto reply = lease->connection->ask(words, deadline);
  if (!reply) {
    fail(*lease, reply.error());
    return reply;
  }
  give_back(std::move(*lease));
  if (reply->kind == Reply::Kind::kError) {
    return Error{Errc::kDenied, "Redis refuses with " + error_code(*reply)};
  }
  return reply;
}

Result<Redis::Lease> Redis::borrow(Deadline deadline) {
  std::unique_lock lock{mutex_};
  const auto is_settled = [this] {
    if (state_ == State::kStarting) return false;
    return state_ != State::kUp || !idle_.empty() || lent_ < options_.connections;
  };
  if (!changed_.wait_until(lock, deadline, is_settled)) {
    return Error{Errc::kUnavailable, "no connection to Redis became free in time"};
  }
  if (state_ != State::kUp) return Error{Errc::kUnavailable, "Redis does not answer"};
  Lease lease{.connection = {}, .endpoint = endpoint_, .generation = generation_};
  while (!idle_.empty() && !lease.connection) {
    lease.connection = std::move(idle_.back());
    idle_.pop_back();
    // It may have restarted since, which is no failure yet.
    if (!lease.connection->is_sound()) lease.connection.reset();
  }
  ++lent_;
  return lease;
}

void Redis::give_back(Lease lease) {
  const std::lock_guard lock{mutex_};
  --lent_;
  if (state_ == State::kUp && lease.generation == generation_) {
    idle_.push_back(std::move(lease.connection));
  }
  changed_.notify_all();
}

void Redis::fail(const Lease& lease, const Error& error) {
  std::string reason;
  {
    const std::lock_guard lock{mutex_};
    --lent_;
    // What was sent before it came up says nothing about now.
    if (state_ == State::kUp && lease.generation == generation_) {
      state_ = State::kDown;
      idle_.clear();
      reason = error.message();
    }
    changed_.notify_all();
  }
  if (!reason.empty()) complain(reason);
}

// The thread: sleeps while all is well.
void Redis::keep() {
  std::chrono::milliseconds pause = kFirstPause;
  std::unique_lock lock{mutex_};
  while (state_ != State::kStopped) {
    if (state_ == State::kUp) {
      changed_.wait(lock, [this] { return state_ != State::kUp; });
      pause = kFirstPause;
      continue;
    }
    lock.unlock();
    const bool is_up = try_to_come_up();
    lock.lock();
    if (is_up) continue;
    changed_.wait_for(lock, pause, [this] { return state_ == State::kStopped; });
    pause = std::min(2 * pause, kLongestPause);
  }
  is_keeping_ = false;
}

// Without memory it tries again later, too.
bool Redis::try_to_come_up() noexcept {
  try {
    auto reached = reach_any(options_);
    if (reached) {
      come_up(std::move(reached->connection), reached->endpoint);
    } else {
      stay_down(reached.error());
    }
    return reached.has_value();
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void Redis::come_up(Connection connection, const Endpoint& endpoint) {
  bool was_missed = false;
  bool is_first = false;
  {
    const std::lock_guard lock{mutex_};
    if (state_ == State::kStopped) return;
    state_ = State::kUp;
    is_first = ++generation_ == 1;
    endpoint_ = endpoint;
    idle_.push_back(std::move(connection));
    was_missed = std::exchange(complained_, false);
    changed_.notify_all();
  }
  if (!was_missed && !is_first) return;
  log_.info(is_first ? "Redis answers" : "Redis answers again",
            {{"address", options_.address.text()}});
}

void Redis::stay_down(const Error& error) {
  {
    const std::lock_guard lock{mutex_};
    if (state_ == State::kStopped) return;
    state_ = State::kDown;
    changed_.notify_all();
  }
  complain(error.message());
}

void Redis::complain(const std::string& reason) {
  {
    const std::lock_guard lock{mutex_};
    const auto now = Clock::now();
    const bool is_recent =
        complained_at_ != Clock::time_point{} && now - complained_at_ < kComplaintInterval;
    if (complained_ || is_recent) return;
    complained_ = true;
    complained_at_ = now;
  }
  log_.warn("Redis does not answer; nothing is shared until it does, and rates are this process's",
            {{"address", options_.address.text()}, {"reason", reason}});
}

}  // namespace toolpost::store
