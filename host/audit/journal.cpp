// SPDX-License-Identifier: Apache-2.0
#include "audit/journal.hpp"

#include "base/utc_time.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace toolpost::audit {
namespace {

using std::chrono::milliseconds;

// Records of less than a second's age may be lost with the machine; the rest of the second is for
// the sync itself.
constexpr milliseconds kTick{800};
constexpr milliseconds kAttemptPause{500};

constexpr std::size_t kRingPlaces = 8192;
constexpr std::size_t kMaxWaiting = 8192;
// Groups that somebody else's thread writes before the journal's own takes over.
constexpr std::size_t kForeignRounds = 16;

// Room that is kept free for the outcomes of what has begun.
constexpr std::uint64_t kReserveBytes = std::uint64_t{16} * 1024;
// Lines kept in memory while the storage does not take them.
constexpr std::size_t kMaxRetainedBytes = std::size_t{16} << 20;
// A sync is begun when so much is waiting, even without anybody who waits for it.
constexpr std::size_t kMaxUnsyncedBytes = std::size_t{4} << 20;

std::int64_t nanoseconds(Journal::Clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

}  // namespace

std::string_view to_string(Trouble trouble) noexcept {
  switch (trouble) {
    case Trouble::kNone:
      return "none";
    case Trouble::kFailed:
      return "the audit cannot be written";
    case Trouble::kFull:
      return "the audit has no room left";
    case Trouble::kStalled:
      return "the audit's storage does not answer";
    case Trouble::kBehind:
      return "the audit cannot keep up";
    case Trouble::kAlone:
      return "the second place of the audit takes no checkpoints";
  }
  return "unknown";
}

// [journal's thread] Waits for whoever writes. When it goes, what has come meanwhile is written.
class Journal::Role {
 public:
  explicit Role(Journal& journal) : journal_(journal) {
    std::unique_lock lock{journal_.mutex_};
    journal_.role_is_free_.wait(lock, [&] { return !journal_.role_taken_; });
    journal_.role_taken_ = true;
  }

  ~Role() { journal_.write_what_waits(SIZE_MAX); }

  Role(const Role&) = delete;
  Role& operator=(const Role&) = delete;

 private:
  Journal& journal_;
};

// Says since when the storage has been asked.
class Journal::IoTime {
 public:
  explicit IoTime(std::atomic<std::int64_t>& since) : since_(since) {
    since_.store(nanoseconds(Clock::now()), std::memory_order_relaxed);
  }

  ~IoTime() { since_.store(0, std::memory_order_relaxed); }

  IoTime(const IoTime&) = delete;
  IoTime& operator=(const IoTime&) = delete;

 private:
  std::atomic<std::int64_t>& since_;
};

Journal::Journal(const Directory& directory, const SealKey& key, std::string chain,
                 const JournalOptions& options, JournalHooks hooks, Log& log)
    : chain_(std::move(chain)),
      options_(options),
      log_(log),
      from_io_(kRingPlaces),
      writer_(directory, key, chain_),
      scribe_{KeyedHasher{key.digest_key().reveal()}, {}},
      hooks_(std::move(hooks)) {}

Result<std::unique_ptr<Journal>> Journal::open(
    const Directory& directory, const SealKey& key, std::string chain,
    const JournalOptions& options, const std::vector<std::pair<std::string, std::string>>& first,
    JournalHooks hooks, Log& log) {
  std::unique_ptr<Journal> journal{
      new Journal{directory, key, std::move(chain), options, std::move(hooks), log}};
  if (auto begun = journal->begin(first); !begun) return begun.error();
  journal->thread_ = std::thread{[raw = journal.get()] { raw->run(); }};
  return journal;
}

Result<> Journal::begin(const std::vector<std::pair<std::string, std::string>>& first) {
  if (auto opened = writer_.open(); !opened) return opened;
  for (const auto& [type, object] : first) {
    if (auto done = writer_.append(type, unix_us_now(), object); !done) return done;
    if (writer_.seq() == 1) start_hash_ = writer_.hash();
  }
  if (auto reserved = writer_.reserve(kReserveBytes); !reserved) return reserved;
  if (auto sealed = writer_.seal(unix_us_now()); !sealed) return sealed;
  if (auto named = writer_.segment().sync_name(); !named) return named;
  segment_began_ = checkpointed_ = Clock::now();
  tell_checkpoint(writer_.newest_checkpoint());
  return {};
}

Journal::~Journal() {
  close("the journal's end", milliseconds::zero());
  if (thread_.joinable()) thread_.join();
}

bool Journal::submit(std::unique_ptr<Entry>& entry) {
  if (!from_io_.put(entry)) return false;
  sleeper_.wake();
  return true;
}

void Journal::record(std::unique_ptr<Entry> entry) {
  {
    const std::lock_guard lock{mutex_};
    waiting_.push_back(std::move(entry));
    waiting_count_.store(waiting_.size(), std::memory_order_relaxed);
    if (role_taken_) return;
    role_taken_ = true;
  }
  write_what_waits(kForeignRounds);
}

void Journal::write_what_waits(std::size_t rounds) {
  while (true) {
    {
      const std::lock_guard lock{mutex_};
      if (waiting_.empty() || rounds-- == 0) {
        role_taken_ = false;
        role_is_free_.notify_one();
        break;
      }
      group_.swap(waiting_);
      waiting_count_.store(0, std::memory_order_relaxed);
    }
    write_group();
  }
  if (has_work()) sleeper_.wake();
}

// One write for all of them; each is told what became of it, except those that wait for a sync.
void Journal::write_group() {
  numbers_.clear();
  for (const std::unique_ptr<Entry>& entry : group_) numbers_.push_back(append(*entry));
  const bool written = write_out();
  for (std::size_t i = 0; i < group_.size(); ++i) {
    const bool waits = options_.sync_everything || group_[i]->durability() == Durability::kSynced;
    if (numbers_[i] == 0 || !written) {
      group_[i]->done(0);
    } else if (waits) {
      unsynced_.emplace_back(std::move(group_[i]), numbers_[i]);
    } else {
      group_[i]->done(numbers_[i]);
    }
  }
  group_.clear();
  if (!unsynced_.empty() || writer_.unsynced_bytes() > kMaxUnsyncedBytes) sync_wanted_ = true;
}

// The record's number; 0 when there is none.
std::uint64_t Journal::append(Entry& entry) {
  if (is_closed_ || (failed_ && writer_.unsynced_bytes() > kMaxRetainedBytes)) {
    count_unrecorded();
    return 0;
  }
  try {
    object_.clear();
    entry.write(object_, scribe_);
    const std::uint64_t seq = writer_.seq() + 1;
    if (auto done = writer_.append(entry.type(), unix_us_now(), object_); !done) {
      fail(done.error());
    }
    counts_.records.add();
    return seq;
  } catch (const std::exception& reason) {
    count_unrecorded();
    log_.error("a record cannot be made", {{"type", entry.type()}, {"reason", reason.what()}});
    return 0;
  }
}

bool Journal::write_out() {
  if (failed_) return false;
  const IoTime time{writing_since_};
  if (auto done = writer_.write(); !done) {
    fail(done.error());
    return false;
  }
  const auto reserved = writer_.reserve(kReserveBytes);
  if (!reserved && !full_.exchange(true)) {
    log_.error(in_trouble("the audit has no room"), {{"reason", reserved.error().message()}});
    const std::lock_guard lock{mutex_};
    trouble_text_ = reserved.error().message();
  } else if (reserved && full_.exchange(false)) {
    log_.warn("the audit has room again");
  }
  return true;
}

std::string Journal::in_trouble(std::string_view what) const {
  std::string text{options_.calls_go_on ? "calls go on without a record: "
                                        : "no more calls are taken: "};
  return text.append(what);
}

// What is not synced yet may be on the disk or not: nobody may rely on it. The lines stay in memory
// for the next segment.
void Journal::fail(const Error& error) {
  if (failed_.exchange(true)) return;
  failure_ = error.message();
  failed_since_ = to_utc_time_us(unix_us_now());
  sync_wanted_ = true;  // so that the journal's thread comes and mends it
  {
    const std::lock_guard lock{mutex_};
    trouble_text_ = failure_;
  }
  log_.error(in_trouble("the audit cannot be written"), {{"reason", failure_}});
  for (const Numbered& one : unsynced_) one.first->done(0);
  unsynced_.clear();
}

void Journal::run() {
  while (!closing_) {
    work();
    if (sync_wanted_) sync();
    if (stall_told_.exchange(false)) log_.warn("the audit's storage answers again");
    tick();
    sleeper_.sleep(time_to_sleep(), [this] { return has_work(); });
  }
  seal();
  const std::lock_guard lock{mutex_};
  has_ended_ = true;
  closed_.notify_all();
}

bool Journal::has_work() const {
  return closing_ || sync_wanted_ || !from_io_.empty() ||
         waiting_count_.load(std::memory_order_relaxed) != 0;
}

milliseconds Journal::time_to_sleep() const {
  const auto due = failed_ || full_ ? next_attempt_ : checkpointed_ + kTick;
  const auto left = std::chrono::ceil<milliseconds>(due - Clock::now());
  return left > milliseconds::zero() ? std::min(left, kTick) : kTick;
}

void Journal::tick() {
  const auto now = Clock::now();
  if (!hooks_.on_tick || now - ticked_ < kTick) return;
  ticked_ = now;
  hooks_.on_tick(*this);
}

void Journal::work() {
  const Role role{*this};
  from_io_.drain([this](std::unique_ptr<Entry> entry) { group_.push_back(std::move(entry)); });
  write_group();
  if (failed_) {
    if (Clock::now() >= next_attempt_) recover();
    return;
  }
  if (full_ && Clock::now() >= next_attempt_) {
    next_attempt_ = Clock::now() + kAttemptPause;
    write_out();
  }
  if ((writer_.has_uncovered() || refused_ != 0 || unrecorded_ != 0) &&
      Clock::now() - checkpointed_ >= kTick) {
    checkpointed_ = Clock::now();
    own_up();
    if (failed_ || !writer_.has_uncovered()) return;
    if (auto done = writer_.checkpoint(unix_us_now()); !done) return fail(done.error());
    if (write_out()) sync_wanted_ = true;
  }
  look_after_segment();
}

void Journal::sync() {
  std::vector<Numbered> covered;
  ChainWriter::SyncPoint point;
  {
    const Role role{*this};
    sync_wanted_ = false;
    if (failed_) return;
    covered.swap(unsynced_);
    point = writer_.begin_sync();
  }
  Result<> synced;
  {
    const IoTime time{syncing_since_};
    const Clock::time_point began = Clock::now();
    synced = writer_.segment().sync();
    counts_.syncs.observe(Clock::now() - began);
  }
  {
    const Role role{*this};
    if (synced) {
      writer_.end_sync(point);
    } else {
      for (const Numbered& one : covered) one.first->done(0);
      fail(synced.error());
      return;
    }
  }
  for (const Numbered& one : covered) one.first->done(one.second);
  tell_checkpoint(point.checkpoint);
}

void Journal::tell_checkpoint(const std::string& line) {
  if (!hooks_.on_checkpoint || line.empty() || line == told_checkpoint_) return;
  told_checkpoint_ = line;
  hooks_.on_checkpoint(line);
}

// A new file, because what the old one holds is not known. The records that were not synced are
// written there again: that is no repetition of the sync that failed.
void Journal::recover() {
  next_attempt_ = Clock::now() + kAttemptPause;
  std::string members;
  json::Writer writer{members};
  writer.begin_object().member("reason", "failure").member("error", std::string_view{failure_});
  writer.member("since", std::string_view{failed_since_}).end_object();
  const IoTime time{syncing_since_};
  if (auto done = writer_.continue_in_new_segment(unix_us_now(), members); !done) {
    const std::lock_guard lock{mutex_};
    trouble_text_ = done.error().message();
    return;
  }
  segment_began_ = Clock::now();
  failed_ = false;
  log_.warn("the audit is written again", {{"segment", std::int64_t{writer_.segment().number()}}});
}

// What had to happen without a record is counted, and the count is recorded when that is possible.
void Journal::own_up() {
  if ((refused_ == 0 && unrecorded_ == 0) || trouble(Clock::now()) != Trouble::kNone) return;
  const std::uint64_t refused = refused_.exchange(0);
  const std::uint64_t unrecorded = unrecorded_.exchange(0);
  std::string object;
  json::Writer writer{object};
  writer.begin_object().member("refused", static_cast<std::int64_t>(refused));
  writer.member("unrecorded", static_cast<std::int64_t>(unrecorded)).end_object();
  if (auto done = writer_.append("gap", unix_us_now(), object); !done) return fail(done.error());
  write_out();
  log_.warn("the audit has a gap", {{"refused", static_cast<std::int64_t>(refused)},
                                    {"unrecorded", static_cast<std::int64_t>(unrecorded)}});
}

void Journal::ask_for_rotation(std::string_view reason) {
  {
    const std::lock_guard lock{mutex_};
    rotation_ = reason;
  }
  sleeper_.wake();
}

std::string Journal::rotation_reason() {
  {
    const std::lock_guard lock{mutex_};
    if (!rotation_.empty()) return std::exchange(rotation_, {});
  }
  if (writer_.segment().bytes() >= options_.segment_bytes) return "size";
  if (Clock::now() - segment_began_ >= options_.segment_age) return "age";
  return {};
}

void Journal::look_after_segment() {
  if (failed_) return;
  if (const auto now = Clock::now(); now - looked_ >= kTick) {
    looked_ = now;
    const IoTime time{syncing_since_};
    if (auto there = writer_.segment().check_name(); !there) return fail(there.error());
  }
  if (const std::string reason = rotation_reason(); !reason.empty()) rotate(reason);
}

void Journal::rotate(const std::string& reason) {
  const IoTime time{syncing_since_};
  if (auto sealed = writer_.seal(unix_us_now()); !sealed) return fail(sealed.error());
  for (const Numbered& one : unsynced_) one.first->done(one.second);
  unsynced_.clear();
  std::string members;
  json::Writer{members}.begin_object().member("reason", std::string_view{reason}).end_object();
  // Going on in the old segment would be wrong: of the new one something may be on the disk
  // already, and a power cut would leave both.
  if (auto done = writer_.continue_in_new_segment(unix_us_now(), members); !done) {
    return fail(done.error());
  }
  segment_began_ = Clock::now();
}

Trouble Journal::trouble(Clock::time_point now) const noexcept {
  if (failed_.load(std::memory_order_relaxed)) return Trouble::kFailed;
  const std::int64_t limit = nanoseconds(now - options_.stall);
  for (const auto* since : {&writing_since_, &syncing_since_}) {
    const std::int64_t begin = since->load(std::memory_order_relaxed);
    if (begin != 0 && begin < limit) return Trouble::kStalled;
  }
  if (full_.load(std::memory_order_relaxed)) return Trouble::kFull;
  if (waiting_count_.load(std::memory_order_relaxed) >= kMaxWaiting) return Trouble::kBehind;
  if (alone_.load(std::memory_order_relaxed)) return Trouble::kAlone;
  return Trouble::kNone;
}

void Journal::tell_stalled() noexcept {
  if (stall_told_.exchange(true)) return;
  log_.error(to_string(Trouble::kStalled));
}

std::string Journal::trouble_text() const {
  const Trouble present = trouble(Clock::now());
  if (present == Trouble::kNone) return {};
  std::string text{to_string(present)};
  const std::lock_guard lock{mutex_};
  if (present == Trouble::kFailed || present == Trouble::kFull) text += ": " + trouble_text_;
  return text;
}

bool Journal::close(std::string_view reason, milliseconds patience) {
  std::unique_lock lock{mutex_};
  if (!closing_) {
    stop_reason_ = reason;
    closing_ = true;
  }
  lock.unlock();
  sleeper_.wake();
  lock.lock();
  closed_.wait_for(lock, patience, [this] { return has_ended_; });
  const bool has_ended = has_ended_;
  const bool sealed = sealed_;
  lock.unlock();
  // It is on its way out: what it had of its own goes before the process does.
  if (has_ended && thread_.joinable()) thread_.join();
  return sealed;
}

bool Journal::has_ended() const {
  const std::lock_guard lock{mutex_};
  return has_ended_;
}

void Journal::seal() {
  work();
  const Role role{*this};
  from_io_.drain([this](std::unique_ptr<Entry> entry) { group_.push_back(std::move(entry)); });
  write_group();
  if (failed_) recover();
  own_up();  // no later tick says it
  is_closed_ = true;
  if (failed_) {
    log_.error("the audit ends without its last records", {{"reason", failure_}});
    return;
  }
  std::string object;
  json::Writer writer{object};
  {
    const std::lock_guard lock{mutex_};
    writer.begin_object().member("reason", std::string_view{stop_reason_});
  }
  writer.member("records", static_cast<std::int64_t>(writer_.seq() + 1)).end_object();
  const IoTime time{syncing_since_};
  // Where there is `stop`, all before it is on the disk: whoever closes the chain relies on that.
  auto done = writer_.bring_to_disk();
  if (done) done = writer_.append("stop", unix_us_now(), object);
  if (done) done = writer_.seal(unix_us_now());
  if (!done) return fail(done.error());
  for (const Numbered& one : unsynced_) one.first->done(one.second);
  unsynced_.clear();
  tell_checkpoint(writer_.newest_checkpoint());
  writer_.trim();
  const std::lock_guard lock{mutex_};
  sealed_ = true;
}

}  // namespace toolpost::audit
