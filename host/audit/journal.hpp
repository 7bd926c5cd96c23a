// SPDX-License-Identifier: Apache-2.0
// The journal of one process. Records come from any thread and are written in groups by whichever
// thread is first; a thread of the journal's own syncs them, also in groups, and does everything
// else that takes time. No caller ever waits for the storage here except the one that writes, and
// the I/O thread neither writes nor takes a lock.
//
// What cannot be recorded is said to be so: whoever gave the entry then refuses what it stands for.
#pragma once

#include "async/sleeper.hpp"
#include "async/spsc_ring.hpp"
#include "audit/chain_writer.hpp"
#include "audit/directory.hpp"
#include "audit/entry.hpp"
#include "audit/seal_key.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/metric.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace toolpost::audit {

class Journal;

// Called on the journal's thread, which waits meanwhile.
struct JournalHooks {
  // With the line of each checkpoint that has got on the disk, the newest where there are several.
  std::function<void(std::string_view line)> on_checkpoint{};
  // About once a second, for what has to be looked at from time to time.
  std::function<void(Journal&)> on_tick{};
};

struct JournalOptions {
  bool sync_everything = false;  // audit.durability: strict
  std::chrono::milliseconds stall{2000};
  std::uint64_t segment_bytes = std::uint64_t{64} * 1024 * 1024;
  std::chrono::seconds segment_age{86'400};
  bool calls_go_on = false;  // audit.on_failure: allow; only for what the log says
};

// Why nothing can be recorded at present.
enum class Trouble : std::uint8_t {
  kNone,
  kFailed,   // writing or syncing failed; a new segment is tried again and again
  kFull,     // there is no room for more than what has begun
  kStalled,  // the storage does not answer
  kBehind,   // records come faster than they are written
  kAlone,    // the second place takes no checkpoints, and has to
};

std::string_view to_string(Trouble trouble) noexcept;

struct JournalCounts {
  Counter records;
  Counter refused;     // calls that were not taken
  Counter unrecorded;  // what happened and has no record
  DurationHistogram syncs;
};

class Journal {
 public:
  using Clock = std::chrono::steady_clock;

  // Starts a chain. `first` are its first records, type and members: `start`, then what else is to
  // be on the disk before anything happens. When this returns without an error they are. Directory
  // and key must outlive the journal, and so must the log.
  static Result<std::unique_ptr<Journal>> open(
      const Directory& directory, const SealKey& key, std::string chain,
      const JournalOptions& options, const std::vector<std::pair<std::string, std::string>>& first,
      JournalHooks hooks, Log& log);
  // Closes, as close() does, unless that was done.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  const std::string& chain() const noexcept { return chain_; }

  // Of the first record.
  const Hash& start_hash() const noexcept { return start_hash_; }

  // [I/O thread] False, and the entry as it was, when too many are waiting; then the journal is in
  // trouble, and the entry will not be recorded.
  bool submit(std::unique_ptr<Entry>& entry);
  // [any other thread] May write, and then waits for the storage.
  void record(std::unique_ptr<Entry> entry);

  // [any thread] Without a lock and without a system call.
  Trouble trouble(Clock::time_point now) const noexcept;
  // [any thread] In words, for logs and health; empty when all is well.
  std::string trouble_text() const;

  // [any thread] Says in the log that the storage does not answer, once each time.
  void tell_stalled() noexcept;

  // [any thread] Something was turned away, or was done, without a record; the journal says how
  // often as soon as it can.
  void count_refused() noexcept {
    ++refused_;
    counts_.refused.add();
  }

  void count_unrecorded() noexcept {
    ++unrecorded_;
    counts_.unrecorded.add();
  }

  // [any thread] Since the start, for /metrics (config/metrics.md).
  const JournalCounts& counts() const noexcept { return counts_; }

  // [any thread] Whether what stands beside the journal keeps calls from being taken.
  void set_alone(bool is_alone) noexcept { alone_ = is_alone; }

  // Starts a new segment, soon. `reason` as in config/audit.md.
  void ask_for_rotation(std::string_view reason);

  // Records what is still waiting and then `stop` with this reason, and syncs it. False when the
  // storage did not manage that within the time. Later entries are not recorded.
  bool close(std::string_view reason, std::chrono::milliseconds patience);

  // Its thread is done, well or not.
  bool has_ended() const;

 private:
  // Whoever has it writes; it is never waited for except by the journal's own thread.
  class Role;
  class IoTime;

  Journal(const Directory& directory, const SealKey& key, std::string chain,
          const JournalOptions& options, JournalHooks hooks, Log& log);

  using Numbered = std::pair<std::unique_ptr<Entry>, std::uint64_t>;

  Result<> begin(const std::vector<std::pair<std::string, std::string>>& first);
  void write_what_waits(std::size_t rounds);
  void write_group();
  std::uint64_t append(Entry& entry);
  bool write_out();
  std::string in_trouble(std::string_view what) const;
  void fail(const Error& error);
  void run();
  void work();
  void sync();
  void tell_checkpoint(const std::string& line);
  void recover();
  void own_up();
  void look_after_segment();
  void rotate(const std::string& reason);
  std::string rotation_reason();
  void seal();
  bool has_work() const;
  std::chrono::milliseconds time_to_sleep() const;
  void tick();

  const std::string chain_;
  const JournalOptions options_;
  Log& log_;
  Hash start_hash_{};

  // From the I/O thread.
  async::SpscRing<std::unique_ptr<Entry>> from_io_;

  // From all others, and who writes.
  mutable std::mutex mutex_;
  std::condition_variable role_is_free_;
  bool role_taken_ = false;
  std::vector<std::unique_ptr<Entry>> waiting_;
  std::string trouble_text_;  // of kFailed and kFull
  std::string rotation_;      // the reason of one that is asked for
  std::string stop_reason_;
  std::atomic<std::size_t> waiting_count_ = 0;

  // For who has the role.
  ChainWriter writer_;
  Scribe scribe_;
  std::string object_;
  std::vector<Numbered> unsynced_;
  std::vector<std::unique_ptr<Entry>> group_;
  std::vector<std::uint64_t> numbers_;
  Clock::time_point checkpointed_{};
  Clock::time_point segment_began_{};
  Clock::time_point looked_{};  // whether the segment still has its name
  Clock::time_point next_attempt_{};
  std::string failed_since_;  // RFC 3339
  std::string failure_;
  bool is_closed_ = false;

  std::atomic<bool> sync_wanted_ = false;
  std::atomic<bool> failed_ = false;
  std::atomic<bool> full_ = false;
  std::atomic<bool> alone_ = false;
  std::atomic<bool> stall_told_ = false;
  std::atomic<std::int64_t> writing_since_ = 0;  // steady clock, nanoseconds; 0: not writing
  std::atomic<std::int64_t> syncing_since_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
  std::atomic<std::uint64_t> unrecorded_ = 0;

  JournalCounts counts_;

  const JournalHooks hooks_;
  std::string told_checkpoint_;
  Clock::time_point ticked_{};

  async::Sleeper sleeper_;
  std::atomic<bool> closing_ = false;
  std::condition_variable closed_;
  bool has_ended_ = false;  // under mutex_
  bool sealed_ = false;     // in order; under mutex_
  std::thread thread_;
};

}  // namespace toolpost::audit
