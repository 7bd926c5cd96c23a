// SPDX-License-Identifier: Apache-2.0
#include "shared_rates.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace toolpost {

class SharedRates::Job final : public async::Job {
 public:
  Job(SharedRates& rates, std::vector<Part> parts) : rates_(rates) {
    told_.parts = std::move(parts);
    ++rates_.busy_;
  }

  void run() noexcept override {
    ask();
    rates_.answers_.send(std::move(told_));
    --rates_.busy_;
  }

 private:
  void ask() noexcept {
    try {
      told_.left = rates_.ask(told_.parts);
    } catch (const std::bad_alloc&) {
      told_.left = Error{Errc::kLimit, {}};
    }
  }

  SharedRates& rates_;
  Told told_;
};

SharedRates::SharedRates(boost::asio::io_context& io, async::WorkerPool& pool, store::Store& store,
                         const identity::SealKeys& keys, std::string prefix, Log& log)
    : pool_(pool),
      store_(store),
      keys_(keys),
      prefix_(std::move(prefix)),
      log_(log),
      timer_(io),
      answers_(io, [this](Told told) { on_told(std::move(told)); }) {}

void SharedRates::share(std::string name, policy::RateLimiter& limiter) {
  limiters_.push_back({std::move(name), &limiter});
  limiter.on_spent([this] { arm(); });
}

void SharedRates::stop() {
  stopped_ = true;
  timer_.cancel();
}

void SharedRates::arm() {
  if (stopped_ || std::exchange(is_armed_, true)) return;
  timer_.expires_after(kPause);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec && !stopped_) tell();
  });
}

void SharedRates::tell() {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < limiters_.size(); ++i) {
    for (auto& [key, tokens] : limiters_[i].limiter->take_spent(kMaxBuckets - parts.size())) {
      parts.push_back({i, std::move(key), tokens, limiters_[i].limiter->limit()});
    }
  }
  pool_.submit(std::make_shared<Job>(*this, std::move(parts)));
}

// On a worker thread.
Result<std::vector<double>> SharedRates::ask(const std::vector<Part>& parts) const {
  std::vector<store::BucketUse> uses;
  uses.reserve(parts.size());
  for (const Part& part : parts) {
    const Shared& shared = limiters_[part.limiter];
    uses.push_back(
        {.key = prefix_ + ":rate:" + shared.name + ":" + keys_.name_of(shared.name, part.key),
         .spent = part.spent,
         .per_minute = static_cast<double>(part.limit.per_minute),
         .burst = static_cast<double>(part.limit.burst)});
  }
  return store::take_from_buckets(store_, uses);
}

void SharedRates::on_told(Told told) {
  is_armed_ = false;
  if (stopped_) return;
  if (told.left) {
    complained_ = false;
    const auto now = policy::RateLimiter::Time::clock::now();
    for (std::size_t i = 0; i < told.parts.size(); ++i) {
      const Part& part = told.parts[i];
      limiters_[part.limiter].limiter->settle(part.key, (*told.left)[i], now);
    }
  } else if (told.left.error().code() != Errc::kUnavailable && !std::exchange(complained_, true)) {
    // That it does not answer, its client has said.
    log_.warn("rates are not shared, each process limits by itself",
              {{"reason", told.left.error().message()}});
  }
  const bool is_more = std::any_of(limiters_.begin(), limiters_.end(), [](const Shared& shared) {
    return shared.limiter->has_spent();
  });
  if (is_more) arm();
}

}  // namespace toolpost
