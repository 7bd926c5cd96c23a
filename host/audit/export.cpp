// SPDX-License-Identifier: Apache-2.0
#include "audit/export.hpp"

#include "audit/chain.hpp"
#include "audit/member.hpp"
#include "audit/segment_text.hpp"
#include "base/utc_time.hpp"
#include "json/raw.hpp"

#include <algorithm>
#include <memory>

namespace toolpost::audit {
namespace {

bool says(std::string_view text, std::string_view member, const std::string& wanted) {
  const auto raw = json::find_raw(text, member).value_or("");
  return raw.size() >= 2 && raw.front() == '"' &&
         json::unescape(raw.substr(1, raw.size() - 2)) == wanted;
}

// When a chain began, written as in its records: "2026-11-26T07:50:24".
std::string began(const std::string& chain) {
  std::string time = chain.substr(0, chain.find('Z'));
  for (const auto& [at, mark] : {std::pair{4, "-"}, {7, "-"}, {13, ":"}, {16, ":"}}) {
    if (time.size() >= static_cast<std::size_t>(at))
      time.insert(static_cast<std::size_t>(at), mark);
  }
  return time;
}

// One chain, read a segment at a time.
class Stream {
 public:
  Stream(const Directory& directory, std::string chain, std::vector<std::uint32_t> segments)
      : directory_(directory),
        chain_(std::move(chain)),
        segments_(std::move(segments)),
        time_(began(chain_)) {}

  // Of the record that is next, or of the chain's beginning before the first.
  const std::string& time() const noexcept { return time_; }

  const std::string& chain() const noexcept { return chain_; }

  const Line& line() const noexcept { return line_; }

  std::string_view text() const noexcept { return text_; }

  bool is_broken() const noexcept { return is_broken_; }

  std::uint64_t seq() const noexcept { return seq_; }

  const Directory& directory() const noexcept { return directory_; }

  // False when there is none, or none that follows.
  bool next() {
    while (!lines_ || !lines_->next(text_)) {
      if (!open_segment()) return false;
    }
    const auto line = read_line(text_);
    Hash after{};
    const bool is_first_known = !hash_ && line && line->seq != 1;
    if (is_first_known) {
      const auto stored = to_hash(line->hash);
      is_broken_ = !stored;
      after = stored.value_or(Hash{});
    } else {
      is_broken_ = !line || line->chain != chain_ || line->seq != seq_ + 1 ||
                   !follows(*line, hash_ ? *hash_ : genesis(chain_), &after);
    }
    if (is_broken_) return false;
    line_ = *line;
    hash_ = after;
    seq_ = line->seq;
    time_ = line->time;
    return true;
  }

 private:
  bool open_segment() {
    if (at_ == segments_.size()) return false;
    auto segment = read_segment(directory_, chain_, segments_[at_++]);
    if (!segment) {
      is_broken_ = true;
      return false;
    }
    // What stands behind the end that the next segment names was written again there, or is void.
    if (at_ < segments_.size()) {
      const auto following = read_segment(directory_, chain_, segments_[at_]);
      const auto said = following ? following->previous() : std::nullopt;
      if (said && said->bytes < segment->text.size()) segment->text.resize(said->bytes);
    } else if (at_ > 1 && !segment->previous()) {
      return false;  // it had not begun
    }
    segment_ = std::move(*segment);
    lines_.emplace(segment_.text);
    return true;
  }

  const Directory& directory_;
  std::string chain_;
  std::vector<std::uint32_t> segments_;
  std::size_t at_ = 0;
  SegmentText segment_;
  std::optional<LineSplitter> lines_;
  std::string_view text_;
  Line line_;
  std::optional<Hash> hash_;
  std::uint64_t seq_ = 0;
  std::string time_;
  bool is_broken_ = false;
};

struct Later {
  bool operator()(const std::unique_ptr<Stream>& a, const std::unique_ptr<Stream>& b) const {
    return a->time() != b->time() ? a->time() > b->time() : a->chain() > b->chain();
  }
};

}  // namespace

bool Filter::passes(const Line& line, std::string_view text) const {
  const std::string_view second = without_fraction(line.time);
  if (from && second < without_fraction(to_utc_time(*from))) return false;
  if (to && second >= without_fraction(to_utc_time(*to))) return false;
  if (!type.empty() && line.type != type) return false;
  if (!user.empty() && !says(text, "user", user)) return false;
  return item.empty() || says(text, "item", item);
}

Result<std::vector<Break>> export_records(const std::vector<const Directory*>& directories,
                                          const Filter& filter,
                                          const std::function<bool(std::string_view)>& take) {
  // A chain is opened when its time has come: only those that overlap are in memory at once.
  std::vector<std::unique_ptr<Stream>> streams;  // a heap
  for (const Directory* directory : directories) {
    auto chains = directory->segments();
    if (!chains) return chains.error();
    for (auto& [chain, segments] : *chains) {
      streams.push_back(std::make_unique<Stream>(*directory, chain, std::move(segments)));
    }
  }
  std::make_heap(streams.begin(), streams.end(), Later{});
  std::vector<Break> breaks;
  while (!streams.empty()) {
    std::pop_heap(streams.begin(), streams.end(), Later{});
    Stream& stream = *streams.back();
    const bool has_record = stream.seq() != 0;
    if (has_record && filter.passes(stream.line(), stream.text()) && !take(stream.text())) break;
    if (stream.next()) {
      std::push_heap(streams.begin(), streams.end(), Later{});
      continue;
    }
    if (stream.is_broken()) {
      breaks.push_back({stream.directory().path(), stream.chain(), stream.seq() + 1});
    }
    streams.pop_back();
  }
  return breaks;
}

}  // namespace toolpost::audit
