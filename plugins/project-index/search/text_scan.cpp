// SPDX-License-Identifier: Apache-2.0
#include "search/text_scan.hpp"

#include "search/shown_line.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <optional>

namespace toolpost::project_index {
namespace {

// What is searched between two looks at the stop token: as much as is done within a millisecond or
// so. An expression begins with little, because some take microseconds for each byte. A line is
// never cut.
class PieceSize {
 public:
  explicit PieceSize(const LinePattern& pattern)
      : bytes_(pattern.is_expression() ? kMinBytes : kMaxBytes), adapts_(pattern.is_expression()) {}

  std::size_t bytes() const { return bytes_; }

  void begin() {
    if (adapts_) began_ = Clock::now();
  }

  void end() {
    if (!adapts_) return;
    const auto took = Clock::now() - began_;
    if (took < kShort) bytes_ = std::min(bytes_ * 2, kMaxBytes);
    if (took > kLong) bytes_ = std::max(bytes_ / 4, kMinBytes);
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kMinBytes = std::size_t{2} << 10;
  static constexpr std::size_t kMaxBytes = std::size_t{128} << 10;
  static constexpr std::chrono::microseconds kShort{500};
  static constexpr std::chrono::microseconds kLong{4000};

  std::size_t bytes_;
  bool adapts_;
  Clock::time_point began_;
};

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// The next line end, or the end of the text.
std::size_t line_end(std::string_view text, std::size_t from) {
  return std::min(text.find('\n', from), text.size());
}

std::size_t line_begin(std::string_view text, std::size_t at) {
  if (at == 0) return 0;
  const auto before = text.rfind('\n', at - 1);
  return before == std::string_view::npos ? 0 : before + 1;
}

std::vector<std::string> lines_before(std::string_view text, std::size_t begin, unsigned count) {
  std::vector<std::string> lines;
  while (count-- > 0 && begin > 0) {
    const auto end = begin - 1;
    begin = line_begin(text, end);
    lines.push_back(shown_line(text.substr(begin, end - begin)));
  }
  std::reverse(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> lines_after(std::string_view text, std::size_t end, unsigned count) {
  std::vector<std::string> lines;
  while (count-- > 0 && end + 1 < text.size()) {
    const auto begin = end + 1;
    end = line_end(text, begin);
    lines.push_back(shown_line(text.substr(begin, end - begin)));
  }
  return lines;
}

// The processor's time of this thread: that of others says nothing about an expression.
std::chrono::nanoseconds thread_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

constexpr std::size_t kLongLine = std::size_t{16} << 10;

// Whether all of a long line can be looked at before anybody who stops the search grows impatient.
// Nothing tells that beforehand: beginnings of the line are tried, each four times as long as the
// one before and only if that leaves time for it. The first ones are too short to say more.
bool is_decided_in_time(const LinePattern& pattern, std::string_view text, std::size_t begin,
                        std::size_t end, const StopToken& stop) {
  constexpr std::chrono::milliseconds kPatience{40};
  constexpr std::size_t kFirst = 1024;
  constexpr std::size_t kGrowth = 4;
  for (auto size = kFirst; size < end - begin; size *= kGrowth) {
    if (stop.is_stopped()) return false;
    const auto before = thread_time();
    pattern.find(text, begin, begin + size);
    const auto took = thread_time() - before;
    const auto next = std::min(size * kGrowth, end - begin);
    if (took * static_cast<std::int64_t>(next) / static_cast<std::int64_t>(size) > kPatience)
      return false;
  }
  return true;
}

// A walk through one text. Lines are looked at in pieces, a long one by itself.
class TextScan {
 public:
  TextScan(std::string_view text, const LinePattern& pattern, const StopToken& stop)
      : text_(text), pattern_(pattern), stop_(stop), piece_(pattern) {}

  // The next match from a line's begin on; nothing: there is none in the piece that ends at
  // piece_end().
  std::optional<LinePattern::Place> find(std::size_t at) {
    const auto wanted = std::min(text_.size(), at + piece_.bytes());
    piece_end_ = line_end(text_, wanted);
    if (pattern_.is_expression() && piece_end_ - wanted > kLongLine) {
      const auto begin = line_begin(text_, wanted);
      if (begin == at) return find_in_long_line(begin);
      piece_end_ = begin - 1;  // what is before it first
    }
    piece_.begin();
    const auto found = pattern_.find(text_, at, piece_end_);
    piece_.end();
    return found;
  }

  std::size_t piece_end() const { return piece_end_; }

  std::uint64_t undecided_lines() const { return undecided_lines_; }

 private:
  std::optional<LinePattern::Place> find_in_long_line(std::size_t begin) {
    if (!pattern_.may_stand_in(text_, begin, piece_end_)) return std::nullopt;
    if (is_decided_in_time(pattern_, text_, begin, piece_end_, stop_))
      return pattern_.find(text_, begin, piece_end_);
    if (!stop_.is_stopped()) ++undecided_lines_;
    return std::nullopt;
  }

  const std::string_view text_;
  const LinePattern& pattern_;
  const StopToken& stop_;
  PieceSize piece_;
  std::size_t piece_end_ = 0;
  std::uint64_t undecided_lines_ = 0;
};

}  // namespace

ScannedText scan_text(std::string_view text, const LinePattern& pattern, unsigned context_lines,
                      std::size_t limit, const StopToken& stop) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  ScannedText scanned;
  auto& matches = scanned.matches;
  TextScan scan(text, pattern, stop);
  std::uint32_t line = 1;
  std::size_t counted = 0;  // lines are, up to here
  for (std::size_t at = 0; at < text.size() && matches.size() < limit && !stop.is_stopped();) {
    const auto found = scan.find(at);
    if (!found) {
      at = scan.piece_end() + 1;
      continue;
    }
    const auto begin = line_begin(text, found->begin);
    // What follows the last line end is no line, though an empty match may be there.
    if (begin == text.size()) break;
    const auto end = line_end(text, found->begin);
    line += static_cast<std::uint32_t>(
        std::count(text.begin() + static_cast<std::ptrdiff_t>(counted),
                   text.begin() + static_cast<std::ptrdiff_t>(begin), '\n'));
    counted = begin;
    Match match;
    match.line = line;
    match.column = static_cast<std::uint32_t>(found->begin - begin + 1);
    match.text = shown_line(text.substr(begin, end - begin), found->begin - begin);
    if (context_lines > 0) {
      match.before = lines_before(text, begin, context_lines);
      match.after = lines_after(text, end, context_lines);
    }
    matches.push_back(std::move(match));
    at = end + 1;
  }
  scanned.undecided_lines = scan.undecided_lines();
  return scanned;
}

}  // namespace toolpost::project_index
