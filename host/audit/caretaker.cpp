// SPDX-License-Identifier: Apache-2.0
#include "audit/caretaker.hpp"

#include "audit/retention_memory.hpp"
#include "base/utc_time.hpp"

#include <future>
#include <memory>

namespace toolpost::audit {
namespace {

constexpr std::chrono::hours kPause{1};
// A checkpoint comes within a second.
constexpr std::chrono::milliseconds kProofPause{500};

class RetentionEntry final : public Entry {
 public:
  explicit RetentionEntry(std::string object) : object_(std::move(object)) {}

  std::future<std::uint64_t> number() { return number_.get_future(); }

  std::string_view type() const noexcept override { return "retention"; }

  Durability durability() const noexcept override { return Durability::kSynced; }

  void write(std::string& out, Scribe&) override { out += object_; }

  void done(std::uint64_t seq) noexcept override { number_.set_value(seq); }

 private:
  std::string object_;
  std::promise<std::uint64_t> number_;
};

}  // namespace

Caretaker::Caretaker(const Directory& directory, const VerifyKey& key, Journal& journal,
                     std::chrono::days keep, Log& log)
    : directory_(directory), keys_{key}, journal_(journal), keep_(keep), log_(log) {
  thread_ = std::thread{[this] { run(); }};
}

Caretaker::~Caretaker() {
  stop();
  thread_.join();
}

void Caretaker::stop() {
  const std::lock_guard lock{mutex_};
  stopping_ = true;
  changed_.notify_all();
}

bool Caretaker::wait(std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, patience, [this] { return has_ended_; });
}

// False when it is to end.
bool Caretaker::pause(std::chrono::milliseconds time) {
  std::unique_lock lock{mutex_};
  return !changed_.wait_for(lock, time, [this] { return stopping_; });
}

void Caretaker::run() {
  do {
    pass();
  } while (pause(kPause));
  const std::lock_guard lock{mutex_};
  has_ended_ = true;
  changed_.notify_all();
}

void Caretaker::pass() {
  while (pause(std::chrono::milliseconds::zero())) {
    const auto more = step();
    if (!more) {
      log_.error("old segments of the audit stay", {{"reason", more.error().message()}});
    }
    if (!more || !*more) return;
  }
}

Result<bool> Caretaker::step() {
  const auto horizon = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) -
                       std::chrono::seconds{keep_};
  RetentionPlan plan;
  {
    const auto lock = LedgerLock::take(directory_);
    if (!lock) return lock.error();
    auto planned = plan_retention(directory_, *lock, keys_,
                                  to_utc_time(horizon.time_since_epoch().count()), known_);
    if (!planned) return planned.error();
    plan = std::move(*planned);
    tell(plan);
    if (!plan.left.empty()) {
      if (auto removed = remove_segments(directory_, *lock, plan.left); !removed) {
        return removed.error();
      }
    }
  }
  if (plan.object.empty()) return !plan.left.empty();
  const std::uint64_t seq = record(plan.object);
  if (seq == 0) return Error{Errc::kUnavailable, "their removal could not be recorded"};
  if (auto done = remember_retention(directory_, journal_.chain(), seq); !done) return done.error();
  if (!wait_until_proven(seq)) return false;
  known_ = std::move(plan.words);
  const auto lock = LedgerLock::take(directory_);
  if (!lock) return lock.error();
  if (auto removed = remove_segments(directory_, *lock, plan.removals); !removed) {
    return removed.error();
  }
  log_.info("old segments of the audit were removed",
            {{"chains", static_cast<std::int64_t>(plan.removals.size())}});
  return true;
}

std::uint64_t Caretaker::record(const std::string& object) {
  auto entry = std::make_unique<RetentionEntry>(object);
  auto number = entry->number();
  journal_.record(std::move(entry));
  return number.get();
}

// Nobody believes a record that no checkpoint covers, so it is too early to remove anything.
bool Caretaker::wait_until_proven(std::uint64_t seq) {
  while (!is_retention_proven(directory_, journal_.chain(), seq, keys_)) {
    if (!pause(kProofPause)) return false;
  }
  return true;
}

void Caretaker::tell(const RetentionPlan& plan) {
  for (const std::string& chain : plan.doubtful) {
    if (!told_.insert(chain).second) continue;
    log_.warn("a chain of the audit is old and stays: it is not as its records say",
              {{"chain", chain}});
  }
}

}  // namespace toolpost::audit
