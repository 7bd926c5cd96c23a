// SPDX-License-Identifier: Apache-2.0
// A chain and the segment that it is written to: what has been appended, written and synced, and
// how it goes on in a new segment, in order or after a failure. One thread at a time, except that
// the descriptor may be synced beside everything else.
#pragma once

#include "audit/chain.hpp"
#include "audit/directory.hpp"
#include "audit/seal_key.hpp"
#include "audit/segment.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace toolpost::audit {

class ChainWriter {
 public:
  // Both must outlive it.
  ChainWriter(const Directory& directory, const SealKey& key, std::string name)
      : directory_(directory), key_(key), chain_(std::move(name)) {}

  // Makes the first segment.
  Result<> open();

  const std::string& name() const noexcept { return chain_.name(); }

  std::uint64_t seq() const noexcept { return chain_.seq(); }

  const Hash& hash() const noexcept { return chain_.hash(); }

  const Segment& segment() const noexcept { return segment_; }

  // Bytes that would be lost with the machine.
  std::size_t unsynced_bytes() const noexcept {
    return syncing_.size() + written_.size() + buffer_.size();
  }

  // Records that no checkpoint covers, other than the last checkpoint itself.
  bool has_uncovered() const noexcept { return chain_.uncovered() > (has_checkpoint_ ? 1 : 0); }

  // Appends a record, which stands in memory until write(); where a checkpoint is due by number,
  // that as well.
  Result<> append(std::string_view type, std::int64_t unix_us, std::string_view object);
  Result<> checkpoint(std::int64_t unix_us);

  // Hands everything appended to the operating system. After an error nothing more is written until
  // recover().
  Result<> write();

  // The newest line of one, written or not; empty before the first.
  const std::string& newest_checkpoint() const noexcept { return newest_checkpoint_; }

  // What a sync that begins now will have made durable when it has ended well.
  struct SyncPoint {
    std::uint64_t seq = 0;
    std::uint64_t bytes = 0;
    std::string checkpoint;  // the newest line of one that is covered
  };

  SyncPoint begin_sync();
  void end_sync(const SyncPoint& point);

  // Checkpoint, write and sync, all of it.
  Result<> seal(std::int64_t unix_us);

  // The same without a checkpoint.
  Result<> bring_to_disk();

  // Goes on in a new segment, where the lines that are not known to be on the disk (after seal():
  // none) are written again, followed by a `segment` record with these members. On the disk when it
  // returns without an error; otherwise everything is as before.
  Result<> continue_in_new_segment(std::int64_t unix_us, std::string_view members);

  Result<> reserve(std::uint64_t ahead) { return segment_.reserve(ahead); }

  void trim() { segment_.trim(); }

 private:
  const Directory& directory_;
  const SealKey& key_;
  Chain chain_;
  Segment segment_;
  std::string buffer_;   // appended
  std::string written_;  // and written
  std::string syncing_;  // and a sync of them is running
  std::uint64_t synced_seq_ = 0;
  std::uint64_t synced_bytes_ = 0;
  std::string newest_checkpoint_;
  bool has_checkpoint_ = false;
};

}  // namespace toolpost::audit
