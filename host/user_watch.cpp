// SPDX-License-Identifier: Apache-2.0
#include "user_watch.hpp"

#include <algorithm>

namespace toolpost {

class UserWatch::ReadJob final : public async::Job {
 public:
  ReadJob(UserWatch& watch, Table known) : watch_(watch), known_(std::move(known)) {
    ++watch_.busy_;
  }

  void run() noexcept override {
    watch_.results_.send(read());
    --watch_.busy_;
  }

 private:
  Result<Table> read() noexcept {
    try {
      return watch_.store_.read(std::move(known_));
    } catch (const std::bad_alloc&) {
      return Error{Errc::kLimit, {}};
    }
  }

  UserWatch& watch_;
  Table known_;
};

class UserWatch::UsesJob final : public async::Job {
 public:
  UsesJob(UserWatch& watch, std::vector<identity::KeyUse> uses)
      : watch_(watch), uses_(std::move(uses)) {
    ++watch_.busy_;
  }

  void run() noexcept override {
    record();
    --watch_.busy_;
  }

 private:
  // Lost when it fails: when a key was last used matters less than who may come in.
  void record() noexcept {
    try {
      if (auto done = watch_.store_.record_uses(uses_); !done) {
        watch_.log_.debug("the use of keys was not written down",
                          {{"reason", done.error().message()}});
      }
    } catch (const std::bad_alloc&) {
      return;
    }
  }

  UserWatch& watch_;
  std::vector<identity::KeyUse> uses_;
};

UserWatch::UserWatch(boost::asio::io_context& io, async::WorkerPool& pool,
                     const identity::UserStore& store, identity::Authenticator& authenticator,
                     Log& log)
    : pool_(pool),
      store_(store),
      authenticator_(authenticator),
      log_(log),
      timer_(io),
      results_(io, [this](Result<Table> read) { on_read(std::move(read)); }) {}

Result<> UserWatch::load() {
  asked_ = Clock::now();
  auto read = store_.read();
  if (!read) return read.error();
  longest_read_ = Clock::now() - asked_;
  known_ = std::move(*read);
  uses_flushed_ = Clock::now();
  authenticator_.set_users(known_);
  return {};
}

void UserWatch::start(std::function<void()> changed) {
  changed_ = std::move(changed);
  if (!known_->exists()) {
    log_.warn("there are no users yet, so nobody is let in; run toolpost create-admin",
              {{"users_file", store_.path()}});
  }
  arm();
}

void UserWatch::stop() {
  stopped_ = true;
  timer_.cancel();
  flush_uses();
}

void UserWatch::arm() {
  timer_.expires_after(kInterval);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (ec || stopped_) return;
    tick();
    arm();
  });
}

void UserWatch::tick() {
  const auto now = Clock::now();
  if (now - uses_flushed_ > kUsesInterval) flush_uses();
  if (reading_) {  // one that hangs must not collect others behind it
    const auto patience = kStale + kTimesLonger * longest_read_;
    if (now - asked_ > patience) forget("the user store does not answer");
    return;
  }
  reading_ = true;
  asked_ = now;
  pool_.submit(std::make_shared<ReadJob>(*this, known_));
}

void UserWatch::on_read(Result<Table> read) {
  reading_ = false;
  if (stopped_) return;
  if (!read) {
    forget(read.error().message());
    return;
  }
  complained_ = false;
  longest_read_ = std::max(longest_read_, Clock::now() - asked_);
  if (*read == known_ && authenticator_.users() == known_) return;
  known_ = std::move(*read);
  authenticator_.set_users(known_);
  log_.info("users changed", {{"users", known_->size()}});
  changed_();
}

void UserWatch::forget(const std::string& reason) {
  if (!std::exchange(complained_, true)) {
    log_.error("nobody is let in until the user store can be read again", {{"reason", reason}});
  }
  if (!authenticator_.users()) return;
  authenticator_.set_users(nullptr);
  changed_();
}

void UserWatch::flush_uses() {
  uses_flushed_ = Clock::now();
  auto uses = authenticator_.take_uses();
  if (!uses.empty()) pool_.submit(std::make_shared<UsesJob>(*this, std::move(uses)));
}

}  // namespace toolpost
