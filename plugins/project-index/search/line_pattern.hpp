// SPDX-License-Identifier: Apache-2.0
// What a search looks for within one line, ready to be found fast.
#pragma once

#include "checked.hpp"
#include "index/trigram_query.hpp"
#include "search/text_finder.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace toolpost::project_index {

struct SearchQuery;

// Any thread.
class LinePattern {
 public:
  static Checked<LinePattern> compile(const SearchQuery& query);

  struct Place {
    std::size_t begin = 0, end = 0;
  };

  // The first match that lies in [from, to] of the text and crosses no line end. `from` begins a
  // line; `to` is a line's end. What is around them counts for "^", "$", and "\b".
  std::optional<Place> find(std::string_view text, std::size_t from, std::size_t to) const;

  // False where a look at what every match holds is enough: the text has it nowhere in [from, to].
  bool may_stand_in(std::string_view text, std::size_t from, std::size_t to) const {
    return !texts_ || texts_->find(text, from, to) != std::string_view::npos;
  }

  // False where a look at the text as it is, with what is hidden when it is shown, is enough to say
  // that no line matches when that has been removed.
  bool may_match_without_secrets(std::string_view text) const {
    return may_come_with_removal_ || may_stand_in(text, 0, text.size());
  }

  // False: what has to be removed from the text stands in no line that may match, with it or
  // without, so that the text may be searched as it is. Not what is around such lines. Says true of
  // texts in which many lines may match: to look at all is then as fast.
  bool may_meet_secrets(std::string_view text) const;

  // Whether it takes an expression: then time cannot be told from length.
  bool is_expression() const noexcept { return regex_ != nullptr; }

  // What a file must hold.
  TrigramQuery trigrams() const;

 private:
  void require(std::vector<std::string> texts);
  std::optional<Place> find_literal(std::string_view text, std::size_t from, std::size_t to) const;
  std::optional<Place> find_in_lines(std::string_view text, std::size_t from, std::size_t to) const;
  std::optional<Place> match(std::string_view text, std::size_t from, std::size_t to) const;

  std::string asked_;
  std::shared_ptr<const re2::RE2> regex_;  // with a group around the pattern if whole_word_
  // One stands in every line that the expression matches; without one, what was asked.
  std::optional<TextFinder> texts_;
  std::optional<TextFinder> signs_across_lines_;  // where texts_ are
  bool may_come_with_removal_ = true;             // one of them, or none is known
  bool is_regex_ = false;
  bool ignore_case_ = false;
  bool whole_word_ = false;
};

}  // namespace toolpost::project_index
