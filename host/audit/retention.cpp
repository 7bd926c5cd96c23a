// SPDX-License-Identifier: Apache-2.0
#include "audit/retention.hpp"

#include "audit/chain.hpp"
#include "audit/chain_head.hpp"
#include "audit/member.hpp"
#include "audit/proven.hpp"
#include "audit/retention_memory.hpp"
#include "audit/segment_text.hpp"
#include "base/utc_time.hpp"
#include "json/parser.hpp"

#include <algorithm>
#include <cerrno>
#include <set>
#include <unistd.h>

namespace toolpost::audit {
namespace {

// In one record, which has to fit on a line.
constexpr std::size_t kMaxRemovals = 100;
constexpr std::size_t kMaxObjectBytes = kMaxLineBytes - 1024;
// Enough for the first line of a segment.
constexpr std::uint64_t kFirstLineBytes = kMaxLineBytes;

struct Last {
  std::uint64_t seq = 0;
  Hash hash{};
};

std::optional<Last> last_record(std::string_view text) {
  if (text.empty() || text.back() != '\n') return std::nullopt;
  text.remove_suffix(1);
  const std::size_t before = text.rfind('\n');
  const auto line = read_line(before == std::string_view::npos ? text : text.substr(before + 1));
  const auto hash = line ? to_hash(line->hash) : std::nullopt;
  if (!hash) return std::nullopt;
  return Last{line->seq, *hash};
}

class Planner {
 public:
  Planner(const Directory& directory, const VerifyKeys& keys, const std::string& horizon)
      : directory_(directory), keys_(keys), horizon_(horizon) {}

  Result<RetentionPlan> run(const RetentionWords& known) {
    auto segments = directory_.segments();
    if (!segments) return segments.error();
    segments_ = std::move(*segments);
    for (const auto& [chain, numbers] : segments_) {
      heads_[chain] = read_head(directory_, chain, numbers, keys_);
      for (const auto& [of, word] : heads_[chain].closed) {
        // One that was closed again, because nobody remembered, counts from then.
        const auto [place, is_new] = closed_.emplace(of, word);
        if (!is_new && place->second.time < word.time) place->second = word;
      }
    }
    if (something_is_gone()) known_ = recall_retention(directory_, segments_, keys_);
    known_.add(known);
    for (const auto& [chain, numbers] : segments_) look_at(chain, numbers);
    if (plan_.removals.size() > kMaxRemovals) plan_.removals.resize(kMaxRemovals);
    keep_what_proves();
    describe();
    return std::move(plan_);
  }

 private:
  void look_at(const std::string& chain, const std::vector<std::uint32_t>& numbers) {
    const auto* word = known_.newest(chain);
    if (word != nullptr && word->segment >= numbers.front()) {
      const std::uint32_t to = std::min(word->segment, numbers.back());
      plan_.left.push_back({chain, numbers.front(), to, to == numbers.back()});
      return;  // the rest of it in the next pass
    }
    const auto closed = closed_.find(chain);
    const bool is_closed = closed != closed_.end();
    const bool is_whole = is_closed && is_before(closed->second.time, horizon_);
    if (!is_whole && !(numbers.size() > 1 && second_is_old(chain, numbers[1]))) return;
    if (!is_closed && !is_living(chain, numbers.back())) return;
    Last last;
    std::size_t count = 0;
    bool is_sound =
        numbers.front() == 1 || (word != nullptr && word->segment + 1 == numbers.front());
    if (is_whole) {
      // What stands in it matters no more, and it may have been sealed with an older key.
      is_sound = is_sound && numbers.back() - numbers.front() + 1 == numbers.size() &&
                 take_end(chain, numbers.back(), closed->second, &last);
      if (is_sound) count = numbers.size();
    } else {
      bool is_due = true;
      while (is_sound && is_due && count + 1 < numbers.size()) {
        is_sound = numbers[count + 1] == numbers[count] + 1 &&
                   take_segment(chain, numbers[count], &last, &is_due);
        if (is_sound && is_due) ++count;
      }
    }
    if (!is_sound) plan_.doubtful.push_back(chain);
    if (count == 0) return;
    plan_.removals.push_back({chain, numbers.front(), numbers[count - 1], is_whole});
    last_[chain] = last;
  }

  bool something_is_gone() const {
    return std::any_of(segments_.begin(), segments_.end(), [&](const auto& chain) {
      const std::string& previous = heads_.at(chain.first).previous;
      return chain.second.front() != 1 || (!previous.empty() && !segments_.contains(previous));
    });
  }

  bool is_living(const std::string& chain, std::uint32_t number) const {
    const auto segment = read_segment(directory_, chain, number, 0);
    return segment && segment->is_locked;
  }

  // Cheaply, so that a ledger in which nothing is due is hardly read: a segment ends when the next
  // begins.
  bool second_is_old(const std::string& chain, std::uint32_t number) const {
    const auto next = read_segment(directory_, chain, number, kFirstLineBytes);
    std::string_view line;
    if (!next || !LineSplitter{next->text}.next(line)) return false;
    const auto first = read_line(line);
    return first && is_before(first->time, horizon_);
  }

  // False when the segment and the one behind it do not fit together, as far as that is proven.
  bool take_segment(const std::string& chain, std::uint32_t number, Last* last,
                    bool* is_due) const {
    const auto next = read_segment(directory_, chain, number + 1);
    const auto segment = read_segment(directory_, chain, number);
    if (!next || !segment) return false;
    const auto said = next->previous();
    if (!said || said->bytes > segment->text.size()) return false;
    const auto end = last_record(std::string_view{segment->text}.substr(0, said->bytes));
    if (!end || end->seq != said->seq) return false;
    std::string ended;
    for_each_proven(next->text, chain, end->hash, keys_, [&](const Line& line, std::string_view) {
      if (line.type == "segment") ended = line.time;
      return ended.empty();
    });
    if (ended.empty()) return false;
    *is_due = is_before(ended, horizon_);
    if (*is_due) *last = *end;
    return true;
  }

  bool take_end(const std::string& chain, std::uint32_t number, const ClosedHead& closed,
                Last* last) const {
    const auto segment = read_segment(directory_, chain, number);
    if (!segment) return false;
    const auto end = last_record(segment->text);
    if (!end || end->seq != closed.last || end->hash != closed.head) return false;
    *last = *end;
    return true;
  }

  // A chain's first segment proves the end of those that it has closed; it stays while one of them
  // does.
  void keep_what_proves() {
    bool has_changed = true;
    while (has_changed) {
      std::set<std::string> going;
      for (const Removal& one : plan_.removals) {
        if (one.is_whole) going.insert(one.chain);
      }
      const auto is_needed = [&](const Removal& one) {
        const auto& closed = heads_[one.chain].closed;
        return one.from_segment == 1 &&
               std::any_of(closed.begin(), closed.end(), [&](const auto& word) {
                 return segments_.contains(word.first) && !going.contains(word.first);
               });
      };
      has_changed = std::erase_if(plan_.removals, is_needed) != 0;
    }
  }

  // All that will still matter; that includes the chains that are about to go, because nobody knows
  // how far the removal gets.
  RetentionWords words() const {
    RetentionWords words;
    words.horizon = std::max(known_.horizon, horizon_);
    std::set<std::string> going;
    for (const Removal& one : plan_.removals) {
      const Last& last = last_.at(one.chain);
      words.trimmed[one.chain] = {{one.to_segment, last.seq, last.hash}};
      if (one.is_whole) going.insert(one.chain);
    }
    for (const auto& [chain, numbers] : segments_) {
      const auto* word = known_.newest(chain);
      if (word != nullptr && !words.trimmed.contains(chain)) words.trimmed[chain] = {*word};
      const std::string& previous = heads_.at(chain).previous;
      const auto link = known_.links.find(chain);
      const bool was_known = link != known_.links.end() && link->second == previous;
      if (!previous.empty() &&
          (going.contains(previous) || (was_known && !segments_.contains(previous)))) {
        words.links[chain] = previous;
      }
    }
    return words;
  }

  void describe() {
    while (!plan_.removals.empty()) {
      plan_.words = words();
      plan_.object.clear();
      json::Writer writer{plan_.object};
      writer.begin_object().key("removed").begin_array();
      for (const Removal& one : plan_.removals) {
        writer.begin_object().member("chain", std::string_view{one.chain});
        writer.member("from_segment", std::int64_t{one.from_segment});
        writer.member("to_segment", std::int64_t{one.to_segment});
        writer.member("whole", one.is_whole).end_object();
      }
      writer.end_array();
      plan_.words.write(writer);
      writer.end_object();
      if (plan_.object.size() <= kMaxObjectBytes) return;
      plan_.removals.resize(plan_.removals.size() / 2);
      keep_what_proves();
    }
    plan_.object.clear();
  }

  const Directory& directory_;
  const VerifyKeys& keys_;
  const std::string& horizon_;
  std::map<std::string, std::vector<std::uint32_t>> segments_;
  std::map<std::string, ChainHead> heads_;
  std::map<std::string, ClosedHead> closed_;
  std::map<std::string, Last> last_;  // what goes of a chain ends so
  RetentionWords known_;
  RetentionPlan plan_;
};

Result<> remove_file(const Directory& directory, const std::string& name) {
  if (::unlinkat(directory.fd(), name.c_str(), 0) == 0 || errno == ENOENT) return {};
  return errno_error("remove " + directory.path() + "/" + name, errno);
}

}  // namespace

Result<RetentionPlan> plan_retention(const Directory& directory, const LedgerLock&,
                                     const VerifyKeys& keys, const std::string& horizon,
                                     const RetentionWords& known) {
  return Planner{directory, keys, horizon}.run(known);
}

Result<> remove_segments(const Directory& directory, const LedgerLock&,
                         const std::vector<Removal>& removals) {
  std::set<std::string> whole;
  for (const Removal& one : removals) {
    for (std::uint32_t number = one.from_segment; number <= one.to_segment; ++number) {
      const std::string name = segment_file_name(one.chain, number);
      if (auto removed = remove_file(directory, name); !removed) return removed;
    }
    if (one.is_whole) whole.insert(one.chain);
  }
  const auto names = directory.names();
  if (!names) return names.error();
  // What was kept beside a chain of a torn end.
  for (const std::string& name : *names) {
    if (!name.ends_with(".torn") || !whole.contains(name.substr(0, name.find('.')))) continue;
    if (auto removed = remove_file(directory, name); !removed) return removed;
  }
  return directory.sync();
}

}  // namespace toolpost::audit
