// SPDX-License-Identifier: Apache-2.0
#include "files/private_keys.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace toolpost::project_index {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kLongestLabel = 64;
constexpr std::size_t kShortest = 4;  // a line of a key has as much of base64
constexpr std::size_t kLongRun = 32;  // so much of it in a row is no word

// What armour has before the key.
constexpr std::array<std::string_view, 8> kHeaders = {
    "Proc-Type:", "DEK-Info:", "Key-Info:", "Version:",
    "Comment:",   "Hash:",     "Charset:",  "Content-Domain:"};

bool is_base64(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '+' || byte == '/' ||
         byte == '=';
}

// "\n" and "\r", as source code and JSON have them.
bool is_escape(std::string_view text, std::size_t at) {
  return text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == 'n' || text[at + 1] == 'r');
}

// What stands before and behind a line of a key in a comment, a difference, or source code.
bool is_around(char byte) {
  return std::string_view(" \t\r\n\"'`,;+#/*>|.()[]\\-:").find(byte) != std::string_view::npos;
}

std::string_view without_surroundings(std::string_view line) {
  while (!line.empty() && is_around(line.front())) line.remove_prefix(1);
  for (;;) {
    if (line.size() >= 2 && is_escape(line, line.size() - 2))
      line.remove_suffix(2);
    else if (!line.empty() && is_around(line.back()))
      line.remove_suffix(1);
    else
      return line;
  }
}

enum class Kind { kEmpty, kKey, kOther };

Kind kind_of(std::string_view line) {
  line = without_surroundings(line);
  if (line.empty()) return Kind::kEmpty;
  for (const auto header : kHeaders)
    if (line.starts_with(header)) return Kind::kKey;
  // Between escapes it is more than one line of the key.
  std::size_t run = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (is_escape(line, at))
      ++at;
    else if (is_base64(line[at]))
      ++run;
    else
      return Kind::kOther;
  }
  return run >= kShortest ? Kind::kKey : Kind::kOther;
}

bool has_long_run(std::string_view line) {
  std::size_t run = 0;
  for (const char byte : line) {
    run = is_base64(byte) ? run + 1 : 0;
    if (run == kLongRun) return true;
  }
  return false;
}

// The first or the last line of a key, without what is around it.
struct Mark {
  std::size_t from = std::string_view::npos;
  std::size_t to = std::string_view::npos;

  bool is_there() const { return from != std::string_view::npos; }
};

Mark next_mark(std::string_view text, std::string_view beginning, std::size_t from) {
  for (auto at = text.find(beginning, from); at != std::string_view::npos;
       at = text.find(beginning, at + beginning.size())) {
    const auto label = text.substr(at + beginning.size(), kLongestLabel + kDashes.size());
    const auto end = label.find(kDashes);
    const auto words = label.substr(0, end);
    if (end == std::string_view::npos || words.find('\n') != std::string_view::npos ||
        words.find("PRIVATE KEY") == std::string_view::npos)
      continue;
    return {at, at + beginning.size() + end + kDashes.size()};
  }
  return {};
}

struct Range {
  std::size_t from = 0, to = 0;
};

// What of a text goes, in order. Each step looks at what lies before the next mark only, so that
// all of them together look at the text a few times.
class Search {
 public:
  explicit Search(std::string_view text)
      : text_(text), begin_(next_mark(text, kBegin, 0)), end_(next_mark(text, kEnd, 0)) {}

  std::vector<Range> run() && {
    while (begin_.is_there() || end_.is_there()) {
      if (begin_.is_there() && (!end_.is_there() || begin_.from < end_.from)) {
        take_key();
      } else {
        take_rest_before(end_);
        done_ = end_.to;
        end_ = next_mark(text_, kEnd, end_.to);
      }
    }
    return std::move(hidden_);
  }

 private:
  // From a first line on.
  void take_key() {
    const Mark begin = begin_;
    begin_ = next_mark(text_, kBegin, begin.to);
    // An end behind another beginning is that one's.
    const bool has_end = end_.is_there() && (!begin_.is_there() || end_.from < begin_.from);
    if (has_end &&
        text_.substr(begin.to, end_.from - begin.to).find('\n') == std::string_view::npos) {
      take_in_one_line(begin);
    } else if (has_end) {
      take_between(begin);
    } else {
      take_while_key(begin, begin_.is_there() ? begin_.from : text_.size());
    }
  }

  void leave_behind_end() {
    done_ = end_.to;
    end_ = next_mark(text_, kEnd, end_.to);
  }

  void take_in_one_line(const Mark& begin) {
    const auto inside = text_.substr(begin.to, end_.from - begin.to);
    if (has_long_run(inside) || kind_of(inside) == Kind::kKey) hide({begin.from, end_.to});
    leave_behind_end();
  }

  // All lines that look like a key, wherever they are: what else is there may be code.
  void take_between(const Mark& begin) {
    std::vector<Range> found;
    for (auto at = begin.to; at < end_.from;) {
      const auto to = std::min(text_.find('\n', at), end_.from);
      const auto line = text_.substr(at, to - at);
      if (kind_of(line) == Kind::kKey || has_long_run(line)) found.push_back({at, to});
      at = to + 1;
    }
    const bool is_key = std::any_of(found.begin(), found.end(), [&](const Range& one) {
      return without_surroundings(text_.substr(one.from, one.to - one.from)).size() >= kLongRun ||
             found.size() > 1 || is_alone(begin, one);
    });
    if (is_key) {
      hide({begin.from, begin.to});
      for (const auto& one : found) hide(one);
      hide({end_.from, end_.to});
    }
    leave_behind_end();
  }

  // Whether there is nothing else between a first line and the last.
  bool is_alone(const Mark& begin, const Range& line) const {
    return kind_of(text_.substr(begin.to, line.from - begin.to)) != Kind::kOther;
  }

  // The last line is missing.
  void take_while_key(const Mark& begin, std::size_t limit) {
    auto last = begin.to;
    for (auto at = begin.to; at < limit;) {
      const auto to = std::min(text_.find('\n', at), limit);
      const auto kind = kind_of(text_.substr(at, to - at));
      if (kind == Kind::kOther) break;
      if (kind == Kind::kKey) last = to;
      at = to + 1;
    }
    if (last > begin.to) hide({begin.from, last});
    done_ = std::max(done_, last);
  }

  // The first line is missing.
  void take_rest_before(const Mark& end) {
    auto first = end.from;
    for (auto at = end.from; at > done_;) {
      const auto newline = text_.rfind('\n', at - 1);
      const auto from = newline == std::string_view::npos || newline < done_ ? done_ : newline + 1;
      const auto kind = kind_of(text_.substr(from, at - from));
      if (kind == Kind::kOther) break;
      if (kind == Kind::kKey) first = from;
      at = from == done_ ? done_ : from - 1;
    }
    if (first < end.from) hide({first, end.to});
  }

  void hide(Range range) { hidden_.push_back(range); }

  const std::string_view text_;
  Mark begin_, end_;  // the next ones
  std::size_t done_ = 0;
  std::vector<Range> hidden_;
};

}  // namespace

std::string without_private_keys(std::string_view text, std::string_view notice) {
  std::string out;
  std::size_t at = 0;
  std::size_t noticed = std::string_view::npos;  // where the last range ended that has a notice
  for (const auto& range : Search(text).run()) {
    const auto between = text.substr(at, range.from - at);
    out += between;
    // One notice for a key, though it is taken out line by line; but also wherever what stood
    // around it would else come together in one line.
    const bool ends_line = range.to == text.size() || text[range.to] == '\n';
    const bool joins = !between.empty() && between.back() != '\n' && !ends_line;
    const bool goes_on = noticed == at && kind_of(between) == Kind::kEmpty && !joins;
    if (!goes_on) out += notice;
    out.append(static_cast<std::size_t>(
                   std::count(text.begin() + static_cast<std::ptrdiff_t>(range.from),
                              text.begin() + static_cast<std::ptrdiff_t>(range.to), '\n')),
               '\n');
    at = range.to;
    noticed = at;
  }
  return out.append(text.substr(at));
}

}  // namespace toolpost::project_index
