// SPDX-License-Identifier: Apache-2.0
#include "search/text_scan.hpp"

#include "search/shown_line.hpp"

#include <algorithm>
#include <chrono>

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

}  // namespace

std::vector<Match> scan_text(std::string_view text, const LinePattern& pattern,
                             unsigned context_lines, std::size_t limit, const StopToken& stop) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<Match> matches;
  PieceSize piece(pattern);
  std::uint32_t line = 1;
  std::size_t counted = 0;  // lines are, up to here
  for (std::size_t at = 0; at < text.size() && matches.size() < limit && !stop.is_stopped();) {
    const auto piece_end = line_end(text, std::min(text.size(), at + piece.bytes()));
    piece.begin();
    const auto found = pattern.find(text, at, piece_end);
    piece.end();
    if (!found) {
      at = piece_end + 1;
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
  return matches;
}

}  // namespace toolpost::project_index
