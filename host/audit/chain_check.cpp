// SPDX-License-Identifier: Apache-2.0
#include "audit/chain_check.hpp"

#include "audit/line.hpp"
#include "audit/member.hpp"
#include "audit/segment_text.hpp"
#include "base/base64.hpp"
#include "json/parser.hpp"

#include <algorithm>
#include <cstring>

namespace toolpost::audit {
namespace {

class ChainCheck {
 public:
  ChainCheck(const Directory& directory, const std::string& chain, const VerifyKeys& keys)
      : directory_(directory), keys_(keys) {
    checked_.report.chain = chain;
  }

  Result<CheckedChain> run(const std::vector<std::uint32_t>& segments, std::uint64_t* bytes) {
    std::optional<SegmentText> next;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      auto text = next ? Result<SegmentText>{std::move(*next)} : read(segments[i]);
      if (!text) return text.error();
      next.reset();
      if (i + 1 < segments.size()) {
        auto following = read(segments[i + 1]);
        if (!following) return following.error();
        next = std::move(*following);
      }
      *bytes += text->text.size();
      check_number(segments[i]);
      check_segment(*text, next ? &*next : nullptr);
    }
    ChainReport& report = checked_.report;
    report.segments = segments.size();
    report.records = seq_;
    report.state = is_living_ ? ChainState::kLiving : ChainState::kOpen;
    report.covered = covered_;
    gather();
    return std::move(checked_);
  }

 private:
  struct Place {
    std::string file;
    std::size_t line = 0;
  };

  Result<SegmentText> read(std::uint32_t number) {
    auto text = read_segment(directory_, checked_.report.chain, number);
    if (text) is_living_ = text->is_locked;
    return text;
  }

  void check_number(std::uint32_t number) {
    if (last_segment_ != 0 && number != last_segment_ + 1) {
      place_ = {segment_file_name(checked_.report.chain, last_segment_ + 1), 0};
      damage(seq_ + 1, "the segment is missing");
    }
    last_segment_ = number;
  }

  void check_segment(const SegmentText& segment, const SegmentText* next) {
    std::string_view text = segment.text;
    place_ = {segment.name, 0};
    if (next == nullptr && has_not_begun(segment)) {
      checked_.report.torn_bytes = text.size();
      checked_.unbegun = segment.name;
      return;
    }
    if (seq_ == 0 && segment.number != 1) begin_behind_removed(segment);
    if (next != nullptr) text = limit(segment, *next);
    LineSplitter lines{text};
    std::string_view line;
    while (lines.next(line)) {
      ++place_.line;
      check_line(line);
    }
    if (next == nullptr) {
      checked_.tail = text.substr(lines.at());
      checked_.report.torn_bytes = checked_.tail.size();
    } else if (lines.at() != text.size()) {
      ++place_.line;
      damage(seq_ + 1, "the segment does not end with a whole record");
    }
  }

  // Its process ended before it could write the `segment` record. A checkpoint would come later
  // still, so where there is one the record was taken away.
  bool has_not_begun(const SegmentText& segment) const {
    return segment.number != 1 && seq_ != 0 && !is_living_ && !segment.previous() &&
           segment.text.find(R"("type":"checkpoint")") == std::string::npos;
  }

  // Where the next segment says that this one ends. What stands behind counts only after a failure,
  // and then as nothing.
  std::string_view limit(const SegmentText& segment, const SegmentText& next) {
    const auto said = next.previous();
    if (!said) return segment.text;  // its lines will not fit together, or it never began
    if (said->bytes > segment.text.size()) return segment.text;
    if (said->bytes < segment.text.size() && !said->after_failure) return segment.text;
    return std::string_view{segment.text}.substr(0, said->bytes);
  }

  // The first segments were removed by order, so somebody has to say where the rest begins.
  void begin_behind_removed(const SegmentText& segment) {
    LineSplitter lines{segment.text};
    std::string_view line;
    lines.next(line);
    const auto first = read_line(line);
    checked_.first_segment = segment.number;
    checked_.first_line = line;
    const std::uint64_t seq = first ? first->seq : 0;
    if (seq == 0) return;
    seq_ = seq - 1;
    checked_.report.first = seq;
    covered_ = seq_;
    hash_.reset();  // verify() holds the first record against what the retention says
  }

  void check_line(std::string_view text) {
    const auto line = read_line(text);
    if (!line) return damage(seq_ + 1, "this is no record");
    if (line->chain != checked_.report.chain) {
      return damage(seq_ + 1, "this record belongs to chain " + std::string{line->chain});
    }
    const std::uint64_t expected = seq_ + 1;
    if (line->seq != expected) {
      damage(expected, "here should be record " + std::to_string(expected) + ", and is record " +
                           std::to_string(line->seq));
    }
    Hash after{};
    const auto stored = to_hash(line->hash);
    if (!hash_ && checked_.first_segment != 1) {
      // The first line behind what was removed: its own word, until a checkpoint confirms it.
      if (stored) after = *stored;
    } else if (!follows(*line, hash_ ? *hash_ : genesis(checked_.report.chain), &after)) {
      damage(expected, "the record was changed: its hash is wrong");
      if (stored) after = *stored;  // so that what follows can still be judged
    }
    seq_ = line->seq;
    hash_ = after;
    checked_.hashes.push_back(after);
    open_.push_back({expected, after, place_});
    if (line->type == "checkpoint") check_checkpoint(text);
    remember(line->type, text);
  }

  // Each record since the last checkpoint against what this one lists. Without a good signature the
  // list only helps to find the place.
  void check_checkpoint(std::string_view text) {
    const auto proven = read_checkpoint(text, keys_);
    const auto listed = proven ? proven : read_unproven_checkpoint(text);
    if (listed && listed->chain == checked_.report.chain) {
      compare(without_removed(*listed), proven.has_value());
    }
    if (!proven && !checked_.damage) {
      damage(covered_ + 1, "nothing is proven from here to the checkpoint of record " +
                               std::to_string(seq_) + ": " + proven.error().message());
    }
    if (!checked_.damage) covered_ = seq_;
    open_.erase(open_.begin(), open_.end() - 1);
  }

  // The first checkpoint behind what was removed covers the last record there as well.
  Checkpoint without_removed(Checkpoint point) const {
    const std::uint64_t first = checked_.report.first;
    if (first != 1 && open_.front().seq == first && point.from < first && first <= point.to) {
      point.digests.erase(0, (first - point.from) * kDigestBytes);
      point.from = first;
    }
    return point;
  }

  void compare(const Checkpoint& point, bool is_proven) {
    const std::string changed =
        is_proven ? "the record is not the one that was signed"
                  : "the record is not the one that its checkpoint lists; that one's signature is "
                    "wrong, too, so that nothing is proven from record " +
                        std::to_string(covered_ + 1) + " on";
    const std::uint64_t first = open_.front().seq;
    if (point.from > first && point.from - first < open_.size()) {
      return damage_at(open_[point.from - first].place, point.from,
                       "here should be the checkpoint that covers the records before");
    }
    if (point.from != first) return damage(open_.back().seq, "the checkpoint does not belong here");
    const std::size_t count = point.to - point.from + 1;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view digest =
          std::string_view{point.digests}.substr(i * kDigestBytes, kDigestBytes);
      const bool is_there = i + 1 < open_.size();  // the last is the checkpoint itself
      if (is_there && bytes_of(open_[i].hash).substr(0, kDigestBytes) == digest) continue;
      damage_at(open_[std::min(i, open_.size() - 1)].place, point.from + i,
                is_there ? changed : "the record is missing");
      return;
    }
    if (open_.size() > count + 1) {
      damage_at(open_[count].place, point.to + 1, "the record was added");
    } else if (open_[count - 1].hash != point.head) {
      damage_at(open_[count - 1].place, point.to, changed);
    }
  }

  // Believed when the record is proven, which is known at the end.
  void remember(std::string_view type, std::string_view text) {
    if (type == "start" || type == "closed" || type == "retention") {
      words_.emplace_back(seq_, std::string{text});
    }
  }

  void gather() {
    for (const auto& [seq, text] : words_) {
      const auto document =
          seq <= covered_ ? json::parse(text) : Result<json::Document>{invalid("")};
      if (!document) continue;
      const json::Value& root = document->root();
      const std::string type = text_of(root, "type");
      if (type == "start") gather_previous(root);
      if (type == "closed") gather_closed(root);
      if (type == "retention") checked_.retention.add(root);
    }
  }

  void gather_previous(const json::Value& root) {
    const json::Value* previous = root.find("previous");
    if (previous == nullptr || !previous->is_object()) return;
    checked_.previous =
        PreviousWord{text_of(*previous, "chain"), to_hash(text_of(*previous, "hash"))};
  }

  void gather_closed(const json::Value& root) {
    const auto head = to_hash(text_of(root, "head"));
    const json::Value* damaged = root.find("damaged");
    if (!head || (damaged != nullptr && damaged->is_bool() && damaged->as_bool())) return;
    checked_.closed[text_of(root, "of")] =
        ClosedWord{checked_.report.chain,
                   number_of(root, "last"),
                   *head,
                   number_of(root, "from"),
                   decode_base64url(text_of(root, "digests")).value_or(""),
                   text_of(root, "time"),
                   {tail_of(root)}};
  }

  static ClosedTail tail_of(const json::Value& closed) {
    ClosedTail tail;
    tail.torn = decode_base64(text_of(closed, "torn")).value_or("");
    tail.torn_file = text_of(closed, "torn_file");
    const json::Value* unbegun = closed.find("unbegun");
    if (unbegun == nullptr || !unbegun->is_array()) return tail;
    for (const json::Value& name : unbegun->items()) {
      if (name.is_string()) tail.unbegun.emplace_back(name.as_string());
    }
    return tail;
  }

  // The earliest record counts, not the one that is noticed first.
  void damage(std::uint64_t seq, std::string what) {
    if (checked_.damage && checked_.damage->seq <= seq) return;
    checked_.damage = Damage{checked_.report.chain, seq, place_.file, place_.line, std::move(what)};
  }

  void damage_at(const Place& place, std::uint64_t seq, std::string what) {
    const Place here = std::exchange(place_, place);
    damage(seq, std::move(what));
    place_ = here;
  }

  struct OpenRecord {
    std::uint64_t seq;
    Hash hash;
    Place place;
  };

  const Directory& directory_;
  const VerifyKeys& keys_;
  CheckedChain checked_;
  std::uint64_t seq_ = 0;
  std::optional<Hash> hash_;
  std::uint64_t covered_ = 0;
  std::vector<OpenRecord> open_;  // since the last checkpoint, that one included
  std::vector<std::pair<std::uint64_t, std::string>> words_;
  Place place_;
  std::uint32_t last_segment_ = 0;
  bool is_living_ = false;
};

}  // namespace

Result<CheckedChain> check_chain(const Directory& directory, const std::string& chain,
                                 const std::vector<std::uint32_t>& segments, const VerifyKeys& keys,
                                 std::uint64_t* bytes) {
  return ChainCheck{directory, chain, keys}.run(segments, bytes);
}

}  // namespace toolpost::audit
