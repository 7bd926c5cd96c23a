// SPDX-License-Identifier: Apache-2.0
#include "audit/chain_writer.hpp"

#include "json/writer.hpp"

#include <utility>

namespace toolpost::audit {

Result<> ChainWriter::open() {
  auto segment = Segment::create(directory_, chain_.name(), 1);
  if (!segment) return segment.error();
  segment_ = std::move(*segment);
  return {};
}

Result<> ChainWriter::append(std::string_view type, std::int64_t unix_us, std::string_view object) {
  chain_.append(buffer_, type, unix_us, object);
  if (chain_.uncovered() < kCheckpointRecords) return {};
  return checkpoint(unix_us);
}

Result<> ChainWriter::checkpoint(std::int64_t unix_us) {
  const std::size_t begin = buffer_.size();
  if (auto done = chain_.append_checkpoint(buffer_, key_, unix_us); !done) return done;
  newest_checkpoint_.assign(buffer_, begin);
  newest_checkpoint_.pop_back();
  has_checkpoint_ = true;
  return {};
}

Result<> ChainWriter::write() {
  if (buffer_.empty()) return {};
  auto done = segment_.append(buffer_);
  written_ += buffer_;
  buffer_.clear();
  return done;
}

ChainWriter::SyncPoint ChainWriter::begin_sync() {
  syncing_ += written_;
  written_.clear();
  return {chain_.seq(), segment_.bytes(), newest_checkpoint_};
}

void ChainWriter::end_sync(const SyncPoint& point) {
  synced_seq_ = point.seq;
  synced_bytes_ = point.bytes;
  syncing_.clear();
}

Result<> ChainWriter::seal(std::int64_t unix_us) {
  if (has_uncovered()) {
    if (auto done = checkpoint(unix_us); !done) return done;
  }
  return bring_to_disk();
}

Result<> ChainWriter::bring_to_disk() {
  if (auto done = write(); !done) return done;
  const SyncPoint point = begin_sync();
  if (syncing_.empty()) return {};
  if (auto done = segment_.sync(); !done) return done;
  end_sync(point);
  return {};
}

Result<> ChainWriter::continue_in_new_segment(std::int64_t unix_us, std::string_view members) {
  if (auto there = directory_.check_name(); !there) return there;
  auto next = Segment::create(directory_, chain_.name(), segment_.number() + 1);
  if (!next) return next.error();
  std::string object;
  json::Writer writer{object};
  writer.begin_object().member("segment", std::int64_t{next->number()});
  writer.key("previous").begin_object();
  writer.member("segment", std::int64_t{segment_.number()});
  writer.member("seq", static_cast<std::int64_t>(synced_seq_));
  writer.member("bytes", static_cast<std::int64_t>(synced_bytes_)).end_object();
  object.append(1, ',').append(members.substr(1));

  const Chain::State before = chain_.state();
  std::string lines = syncing_ + written_ + buffer_;
  chain_.append(lines, "segment", unix_us, object);
  auto done = next->append(lines);
  if (done) done = next->sync();
  if (done) done = next->sync_name();
  if (!done) {
    chain_.restore(before);
    next->discard();
    return done;
  }
  segment_.trim();
  segment_ = std::move(*next);
  syncing_.clear();
  written_.clear();
  buffer_.clear();
  synced_seq_ = chain_.seq();
  synced_bytes_ = segment_.bytes();
  return {};
}

}  // namespace toolpost::audit
