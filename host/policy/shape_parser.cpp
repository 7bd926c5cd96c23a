// SPDX-License-Identifier: Apache-2.0
#include "policy/shape_parser.hpp"

#include "pep/ascii.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace toolpost::policy {
namespace {

constexpr std::size_t kMaxNodes = 8192;
constexpr int kMaxDepth = 64;
// "Twice or more" stands for all larger counts.
constexpr unsigned kCountedRepeats = 2;

char name_character(std::size_t index) {
  if (index < 26) return static_cast<char>('a' + index);
  return index < 36 ? static_cast<char>('0' + (index - 26)) : '-';
}

// What a class or escape means is for RE2 to say.
CharacterSet characters_of(std::string_view expression) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(false);
  const RE2 compiled{re2::StringPiece{expression.data(), expression.size()}, options};
  CharacterSet out;
  for (std::size_t i = 0; i < kNameCharacters; ++i) {
    const char c = name_character(i);
    out[i] = RE2::FullMatch(re2::StringPiece{&c, 1}, compiled);
  }
  return out;
}

CharacterSet only(char literal) {
  CharacterSet out;
  for (std::size_t i = 0; i < kNameCharacters; ++i) {
    out[i] = name_character(i) == pep::to_lower(literal);
  }
  return out;
}

}  // namespace

ShapeParser::ShapeParser(std::string_view pattern) : text_(pattern), end_(pattern.size()) {
  shape_.pattern_ = pattern;
}

Result<PatternShape> ShapeParser::run() {
  const Piece all = alternatives();
  if (problem_.empty() && !at_end()) fail("has a ')' too many");
  if (!problem_.empty()) return invalid(problem_);
  shape_.start_ = all.in;
  shape_.accept_ = all.out;
  return std::move(shape_);
}

bool ShapeParser::take(std::string_view expected) {
  if (text_.substr(at_, std::min(expected.size(), end_ - at_)) != expected) return false;
  at_ += expected.size();
  return true;
}

int ShapeParser::add(Kind kind, int next, int other) {
  if (shape_.nodes_.size() >= kMaxNodes) {
    fail("is too complex");
    return 0;
  }
  shape_.nodes_.push_back({.kind = kind, .next = next, .other = other, .characters = {}});
  return static_cast<int>(shape_.nodes_.size()) - 1;
}

ShapeParser::Piece ShapeParser::join(Piece first, Piece second) {
  shape_.nodes_[static_cast<std::size_t>(first.out)].next = second.in;
  return {first.in, second.out};
}

ShapeParser::Piece ShapeParser::fail(std::string_view what) {
  if (problem_.empty()) problem_ = what;
  at_ = end_;
  if (shape_.nodes_.empty()) shape_.nodes_.emplace_back();
  return {0, 0};
}

ShapeParser::Piece ShapeParser::alternatives() {
  Piece all = sequence();
  while (take("|")) {
    const Piece next = sequence();
    const int out = add(Kind::kJump);
    const int in = add(Kind::kJump, all.in, next.in);
    shape_.nodes_[static_cast<std::size_t>(all.out)].next = out;
    shape_.nodes_[static_cast<std::size_t>(next.out)].next = out;
    all = {in, out};
  }
  return all;
}

ShapeParser::Piece ShapeParser::sequence() {
  const int empty = add(Kind::kJump);
  Piece all{empty, empty};
  while (!at_end() && peek() != '|' && peek() != ')') all = join(all, item());
  return all;
}

ShapeParser::Piece ShapeParser::item() {
  const std::size_t from = at_;
  Piece piece = atom();
  const std::size_t to = at_;
  for (Repeat repeat = repeat_mark(); repeat.found; repeat = repeat_mark()) {
    piece = repeated(piece, from, to, repeat);
  }
  return piece;
}

// The body stands between `from` and `to`; a second copy of it is made by reading it again.
ShapeParser::Piece ShapeParser::repeated(Piece body, std::size_t from, std::size_t to,
                                         const Repeat& repeat) {
  if (repeat.is_never) {
    const int around = add(Kind::kJump);
    return {around, around};
  }
  Piece before = body;
  if (repeat.min >= kCountedRepeats) {
    const std::size_t resume = at_;
    const std::size_t limit = end_;
    at_ = from;
    end_ = to;
    body = atom();
    end_ = limit;
    at_ = problem_.empty() ? resume : end_;
  }
  const int out = add(Kind::kJump);
  const int fork = add(Kind::kJump, out, repeat.may_be_more ? body.in : -1);
  shape_.nodes_[static_cast<std::size_t>(body.out)].next = fork;
  if (repeat.min >= kCountedRepeats) return {join(before, {body.in, out}).in, out};
  if (repeat.min == 1) return {body.in, out};
  return {add(Kind::kJump, body.in, out), out};
}

ShapeParser::Repeat ShapeParser::repeat_mark() {
  Repeat repeat;
  if (take("*")) {
    repeat = {.found = true, .min = 0, .may_be_more = true};
  } else if (take("+")) {
    repeat = {.found = true, .min = 1, .may_be_more = true};
  } else if (take("?")) {
    repeat = {.found = true, .min = 0};
  } else {
    repeat.found = read_counts(repeat);
  }
  if (repeat.found) take("?");  // lazy; the same matches
  return repeat;
}

// "{2}", "{2,}" or "{2,5}"; any other brace is a literal.
bool ShapeParser::read_counts(Repeat& repeat) {
  if (peek() != '{' || !pep::is_digit(peek(1))) return false;
  std::size_t at = at_ + 1;
  const auto number = [&] {
    unsigned value = 0;
    while (at < end_ && pep::is_digit(text_[at]) && value <= 1000) {
      value = value * 10 + static_cast<unsigned>(text_[at++] - '0');
    }
    return value;
  };
  repeat.min = number();
  unsigned max = repeat.min;
  bool is_open = false;
  if (at < end_ && text_[at] == ',') {
    ++at;
    is_open = at < end_ && text_[at] == '}';
    if (!is_open && (at >= end_ || !pep::is_digit(text_[at]))) return false;
    if (!is_open) max = number();
  }
  if (at >= end_ || text_[at] != '}') return false;
  at_ = at + 1;
  repeat.is_never = !is_open && max == 0;
  repeat.may_be_more = is_open || repeat.min > kCountedRepeats || max > std::max(repeat.min, 1U);
  return true;
}

ShapeParser::Piece ShapeParser::characters(std::size_t length, bool is_literal) {
  const int out = add(Kind::kJump);
  const int in = add(Kind::kCharacter, out);
  PatternShape::Node& node = shape_.nodes_[static_cast<std::size_t>(in)];
  const std::string_view text = text_.substr(at_, length);
  node.characters = is_literal ? only(text.front()) : characters_of(text);
  node.offset = at_;
  node.length = length;
  at_ += length;
  return {in, out};
}

ShapeParser::Piece ShapeParser::assertion(Kind kind, std::size_t length) {
  at_ += length;
  const int out = add(Kind::kJump);
  return {add(kind, out), out};
}

ShapeParser::Piece ShapeParser::atom() {
  switch (peek()) {
    case '(':
      return group();
    case '[':
      return characters(class_length(), false);
    case '\\':
      return escape();
    case '.':
      return characters(1, false);
    case '^':
      return assertion(Kind::kBegin, 1);
    case '$':
      return assertion(Kind::kEnd, 1);
    default:
      return characters(1, true);
  }
}

ShapeParser::Piece ShapeParser::group() {
  if (take("(?i)")) return assertion(Kind::kJump, 0);
  const bool is_plain = take("(?:") || take("(?i:");
  if (!is_plain && peek(1) == '?') {
    return fail(
        "has a group that begins with '(?'; write (?:...), letter case makes no difference");
  }
  if (!is_plain) take("(");
  if (++depth_ > kMaxDepth) return fail("has groups that are nested too deeply");
  const Piece inside = alternatives();
  --depth_;
  if (!take(")")) return fail("has a '(' without its ')'");
  return inside;
}

ShapeParser::Piece ShapeParser::escape() {
  const char kind = peek(1);
  if (kind == 'A') return assertion(Kind::kBegin, 2);
  if (kind == 'z') return assertion(Kind::kEnd, 2);
  if (kind == 'b' || kind == 'B') return assertion(Kind::kJump, 2);
  if (kind == 'x' || kind == 'p' || kind == 'P') {
    const std::size_t close = text_.find('}', at_);
    if (peek(2) != '{') return characters(kind == 'x' ? 4 : 3, false);
    if (close >= end_) return fail("has an escape without its '}'");
    return characters(close - at_ + 1, false);
  }
  if (pep::is_alnum(kind) && std::string_view{"dDsSwW"}.find(kind) == std::string_view::npos) {
    return fail(std::string{"has the escape \\"}.append(1, kind).append(
        ", which package patterns do not have"));
  }
  return characters(2, false);
}

// From the '[' to its ']'. A ']' that comes first, an escape and "[:alpha:]" do not end it.
std::size_t ShapeParser::class_length() const {
  std::size_t at = at_ + 1;
  if (at < end_ && text_[at] == '^') ++at;
  for (bool first = true; at < end_ && (first || text_[at] != ']'); first = false) {
    const std::size_t close = text_.substr(at, 2) == "[:" ? text_.find(":]", at + 2) : end_;
    if (close < end_) {
      at = close + 2;
    } else {
      at += text_[at] == '\\' ? 2 : 1;
    }
  }
  return std::min(at + 1, end_) - at_;
}

}  // namespace toolpost::policy
