// SPDX-License-Identifier: Apache-2.0
#include "search/required_text.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

namespace toolpost::project_index {
namespace {

constexpr std::size_t kShortest = 2;
constexpr int kDeepest = 32;  // groups in groups

bool is_plain(char byte) {
  return static_cast<unsigned char>(byte) < 0x80 && byte != '\n' && byte != '\0';
}

// Texts that stand in every match, gathered from left to right.
class Runs {
 public:
  explicit Runs(bool ignores_case) : ignores_case_(ignores_case) {}

  void add(char byte) {
    if (!ignores_case_) {
      run_ += byte;
      return;
    }
    const char small = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
    if (small == 'k' || small == 's')
      end();
    else
      run_ += small;
  }

  // Something unknown stands here.
  void end() {
    if (run_.size() > best_.size()) best_ = run_;
    run_.clear();
  }

  // What was added last may be absent.
  void take_back() {
    if (!run_.empty()) run_.pop_back();
    end();
  }

  // It may be there more than once: what follows stands behind the last of them.
  void repeat() {
    const std::string last = run_.empty() ? std::string() : run_.substr(run_.size() - 1);
    end();
    run_ = last;
  }

  void take(const std::string& text) {
    if (text.size() > best_.size()) best_ = text;
  }

  std::string best() && {
    end();
    return std::move(best_);
  }

 private:
  const bool ignores_case_;
  std::string run_, best_;
};

// Reads RE2's syntax as far as it has to; gives up where it is not sure.
class Reader {
 public:
  Reader(std::string_view pattern, bool ignores_case)
      : rest_(pattern), ignores_case_(ignores_case) {}

  // Up to the end, or to the bracket that closes the group. Nothing: it gave up.
  std::optional<std::string> sequence(int depth) {
    Runs runs(ignores_case_);
    bool has_choice = false;
    while (!rest_.empty() && rest_.front() != ')') {
      const char byte = next();
      if (byte == '|') {
        has_choice = true;
        continue;
      }
      if (!element(byte, depth, runs)) return std::nullopt;
    }
    return has_choice ? std::string() : std::move(runs).best();
  }

  bool at_end() const { return rest_.empty(); }

 private:
  enum class Count { kOnce, kMaybeNone, kMore };

  char next() {
    const char byte = rest_.front();
    rest_.remove_prefix(1);
    return byte;
  }

  bool take_if(char byte) {
    if (rest_.empty() || rest_.front() != byte) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // One element and what says how often it comes.
  bool element(char byte, int depth, Runs& runs) {
    switch (byte) {
      case '(':
        return group(depth, runs);
      case '[':
        return skip_class() && unknown(runs);
      case '\\':
        return escape(runs);
      case '.':
      case '^':
      case '$':
        return unknown(runs);
      default:
        return is_plain(byte) ? character(byte, runs) : unknown(runs);
    }
  }

  bool character(char byte, Runs& runs) {
    runs.add(byte);
    const auto count = read_count();
    if (count == Count::kMaybeNone) runs.take_back();
    if (count == Count::kMore) runs.repeat();
    return true;
  }

  bool unknown(Runs& runs) {
    runs.end();
    read_count();
    return true;
  }

  bool group(int depth, Runs& runs) {
    if (take_if('?')) {
      const bool is_named = take_if('P') && take_if('<');
      if (is_named)
        rest_.remove_prefix(std::min(rest_.find('>'), rest_.size()));
      else if (!take_if(':'))
        return false;  // flags
      if (is_named && !take_if('>')) return false;
    }
    if (depth == kDeepest) return false;
    const auto inside = sequence(depth + 1);
    if (!inside || !take_if(')')) return false;
    runs.end();
    if (read_count() != Count::kMaybeNone) runs.take(*inside);
    return true;
  }

  bool escape(Runs& runs) {
    if (rest_.empty()) return false;
    const char byte = next();
    if (std::string_view("dDsSwWbBAzafnrtv").find(byte) != std::string_view::npos)
      return unknown(runs);
    if (!is_plain(byte) || std::isalnum(static_cast<unsigned char>(byte)) != 0) return false;
    return character(byte, runs);
  }

  bool skip_class() {
    take_if('^');
    take_if(']');  // in the first place it is no end
    while (!rest_.empty()) {
      const char byte = next();
      if (byte == ']') return true;
      if (byte == '\\' && !rest_.empty()) next();
      if (byte == '[' && !rest_.empty() && rest_.front() == ':') {
        const auto end = rest_.find(":]");
        if (end == std::string_view::npos) continue;
        rest_.remove_prefix(end + 2);
      }
    }
    return false;
  }

  Count read_count() {
    auto count = Count::kOnce;
    if (take_if('+'))
      count = Count::kMore;
    else if (take_if('*') || take_if('?') || take_braces())
      count = Count::kMaybeNone;  // what numbers in braces say is not looked at
    if (count != Count::kOnce) take_if('?');
    return count;
  }

  // "{2}", "{2,}", "{2,3}"; another brace stands for itself.
  bool take_braces() {
    if (rest_.empty() || rest_.front() != '{') return false;
    const auto end = rest_.find('}');
    if (end == std::string_view::npos || end == 1) return false;
    const auto numbers = rest_.substr(1, end - 1);
    if (numbers.find_first_not_of("0123456789,") != std::string_view::npos || numbers[0] == ',')
      return false;
    rest_.remove_prefix(end + 1);
    return true;
  }

  std::string_view rest_;
  const bool ignores_case_;
};

std::string worth_it(std::string text) {
  return text.size() < kShortest ? std::string() : std::move(text);
}

}  // namespace

std::string required_text(std::string_view pattern, bool ignore_case) {
  Reader reader(pattern, ignore_case);
  auto text = reader.sequence(0);
  return text && reader.at_end() ? worth_it(std::move(*text)) : std::string();
}

std::string required_text_of_literal(std::string_view literal, bool ignore_case) {
  Runs runs(ignore_case);
  for (const char byte : literal) {
    if (is_plain(byte))
      runs.add(byte);
    else
      runs.end();
  }
  return worth_it(std::move(runs).best());
}

}  // namespace toolpost::project_index
