// SPDX-License-Identifier: Apache-2.0
// Reads a pattern into the automaton of a PatternShape.
#pragma once

#include "policy/pattern_shape.hpp"

namespace toolpost::policy {

// For one pattern. Thompson's construction: each part becomes a piece of automaton with one way in
// and one way out.
class ShapeParser {
 public:
  explicit ShapeParser(std::string_view pattern);

  Result<PatternShape> run();

 private:
  using Kind = PatternShape::Kind;

  struct Piece {
    int in;
    int out;  // a kJump whose `next` is still free
  };

  struct Repeat {
    bool found = false;
    unsigned min = 1;
    bool may_be_more = false;  // than min
    bool is_never = false;     // {0}
  };

  bool at_end() const { return at_ >= end_; }

  char peek(std::size_t ahead = 0) const { return at_ + ahead < end_ ? text_[at_ + ahead] : '\0'; }

  bool take(std::string_view expected);
  int add(Kind kind, int next = -1, int other = -1);
  Piece join(Piece first, Piece second);
  Piece repeated(Piece body, std::size_t from, std::size_t to, const Repeat& repeat);
  Piece characters(std::size_t length, bool is_literal);
  Piece assertion(Kind kind, std::size_t length);
  Piece fail(std::string_view what);

  Piece alternatives();
  Piece sequence();
  Piece item();
  Piece atom();
  Piece group();
  Piece escape();
  Repeat repeat_mark();
  bool read_counts(Repeat& repeat);
  std::size_t class_length() const;

  PatternShape shape_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t end_;
  int depth_ = 0;
  std::string problem_;
};

}  // namespace toolpost::policy
