// SPDX-License-Identifier: Apache-2.0
#include "search/required_text.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace toolpost::project_index {
namespace {

constexpr std::size_t kShortest = 2;
constexpr std::size_t kShortestOfSome = 3;  // each is looked for by itself, so it has to be rarer
constexpr std::size_t kLongest = 64;        // more rules out hardly another line, and takes longer
constexpr std::size_t kMostTexts = 8;
constexpr int kDeepest = 32;  // groups in groups

using Texts = std::vector<std::string>;

bool is_plain(char byte) {
  return static_cast<unsigned char>(byte) < 0x80 && byte != '\n' && byte != '\0';
}

std::size_t shortest_of(const Texts& texts) {
  std::size_t size = texts.empty() ? 0 : texts.front().size();
  for (const std::string& text : texts) size = std::min(size, text.size());
  return size;
}

bool is_worth_it(const Texts& texts) {
  return shortest_of(texts) >= (texts.size() > 1 ? kShortestOfSome : kShortest);
}

// Long is rare, and each is a search of its own.
bool is_better(const Texts& one, const Texts& other) {
  const auto value = [](const Texts& texts) {
    return 2 * static_cast<std::ptrdiff_t>(shortest_of(texts)) -
           static_cast<std::ptrdiff_t>(texts.size());
  };
  if (is_worth_it(one) != is_worth_it(other)) return is_worth_it(one);
  return value(one) > value(other);
}

// Without those that hold another one.
Texts without_needless(Texts texts) {
  std::sort(texts.begin(), texts.end(), [](const std::string& left, const std::string& right) {
    return std::pair(left.size(), left) < std::pair(right.size(), right);
  });
  Texts kept;
  for (std::string& text : texts) {
    const bool is_needless = std::any_of(kept.begin(), kept.end(), [&](const std::string& one) {
      return text.find(one) != std::string::npos;
    });
    if (!is_needless) kept.push_back(std::move(text));
  }
  return kept;
}

// Texts of which one stands in every match, gathered from left to right.
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
    if (!run_.empty()) take({run_});
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

  void take(Texts texts) {
    if (!texts.empty() && (best_.empty() || is_better(texts, best_))) best_ = std::move(texts);
  }

  Texts best() && {
    end();
    return std::move(best_);
  }

 private:
  const bool ignores_case_;
  std::string run_;
  Texts best_;
};

// Reads RE2's syntax as far as it has to; gives up where it is not sure.
class Reader {
 public:
  Reader(std::string_view pattern, bool ignores_case)
      : rest_(pattern), ignores_case_(ignores_case) {}

  // Up to the end, or to the bracket that closes the group. Nothing: it gave up.
  std::optional<Texts> sequence(int depth) {
    Texts of_all;
    bool is_sure = true;
    do {
      auto texts = branch(depth);
      if (!texts) return std::nullopt;
      is_sure &= !texts->empty();
      of_all.insert(of_all.end(), std::make_move_iterator(texts->begin()),
                    std::make_move_iterator(texts->end()));
    } while (take_if('|'));
    of_all = without_needless(std::move(of_all));
    return is_sure && of_all.size() <= kMostTexts ? std::move(of_all) : Texts();
  }

  bool at_end() const { return rest_.empty(); }

 private:
  enum class Count { kOnce, kMaybeNone, kMore };

  std::optional<Texts> branch(int depth) {
    Runs runs(ignores_case_);
    while (!rest_.empty() && rest_.front() != ')' && rest_.front() != '|') {
      if (!element(next(), depth, runs)) return std::nullopt;
    }
    return std::move(runs).best();
  }

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
    auto inside = sequence(depth + 1);
    if (!inside || !take_if(')')) return false;
    runs.end();
    if (read_count() != Count::kMaybeNone) runs.take(std::move(*inside));
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

Texts worth_it(Texts texts) {
  if (!is_worth_it(texts)) return {};
  for (std::string& text : texts) text.resize(std::min(text.size(), kLongest));
  return texts;
}

}  // namespace

Texts required_texts(std::string_view pattern, bool ignore_case) {
  Reader reader(pattern, ignore_case);
  auto texts = reader.sequence(0);
  return texts && reader.at_end() ? worth_it(std::move(*texts)) : Texts();
}

Texts required_texts_of_literal(std::string_view literal, bool ignore_case) {
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
