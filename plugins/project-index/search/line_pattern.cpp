// SPDX-License-Identifier: Apache-2.0
#include "search/line_pattern.hpp"

#include "files/secret_files.hpp"
#include "search/required_text.hpp"
#include "search/search.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace toolpost::project_index {
namespace {

constexpr std::size_t kMaxPatternBytes = 4096;
constexpr std::int64_t kMaxExpressionMemory = std::int64_t{8} << 20;
constexpr int kMaxProgramTakenApart = 10'000;

re2::RE2::Options options_for(bool ignore_case) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxExpressionMemory);
  options.set_case_sensitive(!ignore_case);
  options.set_never_nl(true);
  return options;
}

bool is_word(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z') || byte == '_';
}

Refusal bad_pattern(const re2::RE2& regex, std::string_view pattern) {
  Refusal refusal{"pattern: " + regex.error()};
  // RE2 names the part that is wrong; where it stands is what a reader looks for.
  const auto& part = regex.error_arg();
  if (const auto at = part.empty() ? std::string_view::npos : pattern.find(part);
      at != std::string_view::npos)
    refusal.text += " (byte " + std::to_string(at + 1) + ")";
  return refusal;
}

}  // namespace

Checked<LinePattern> LinePattern::compile(const SearchQuery& query) {
  if (query.pattern.empty()) return Refusal{"pattern: it is empty"};
  if (query.pattern.size() > kMaxPatternBytes)
    return Refusal{"pattern: it has " + std::to_string(query.pattern.size()) +
                   " bytes, at most 4096 are allowed"};
  if (!query.is_regex && query.pattern.find('\n') != std::string::npos)
    return Refusal{"pattern: it holds a line break, and lines are searched one by one"};
  LinePattern made;
  made.is_regex_ = query.is_regex;
  made.ignore_case_ = query.ignore_case;
  made.whole_word_ = query.whole_word;
  made.asked_ = query.pattern;
  if (!query.is_regex && !query.ignore_case) {
    made.require({query.pattern});
    return made;
  }

  const auto pattern = query.is_regex ? query.pattern : re2::RE2::QuoteMeta(query.pattern);
  const auto in_lines =
      query.whole_word ? "(?m)(?:^|\\W)(" + pattern + ")(?:\\W|$)" : "(?m)" + pattern;
  // What is no expression by itself may be one with what stands around it, and another one.
  if (const re2::RE2 alone(pattern, options_for(query.ignore_case)); !alone.ok())
    return bad_pattern(alone, query.pattern);
  auto regex = std::make_shared<const re2::RE2>(in_lines, options_for(query.ignore_case));
  if (!regex->ok()) return bad_pattern(*regex, query.pattern);
  made.regex_ = std::move(regex);
  if (auto texts = query.is_regex ? required_texts(query.pattern, query.ignore_case)
                                  : required_texts_of_literal(query.pattern, query.ignore_case);
      !texts.empty())
    made.require(std::move(texts));
  return made;
}

void LinePattern::require(std::vector<std::string> texts) {
  may_come_with_removal_ = std::any_of(texts.begin(), texts.end(), may_come_with_removal);
  texts_.emplace(std::move(texts), ignore_case_ && regex_ != nullptr);
  signs_across_lines_.emplace(project_index::signs_across_lines(), true);
}

bool LinePattern::may_meet_secrets(std::string_view text) const {
  constexpr std::size_t kFewLines = 8;
  constexpr std::size_t kBytesBetween = 512;
  if (may_come_with_removal_) return true;
  if (signs_across_lines_->find(text, 0, text.size()) != std::string_view::npos) return true;
  for (std::size_t from = 0, lines = 1; from < text.size(); ++lines) {
    const auto at = texts_->find(text, from, text.size());
    if (at == std::string_view::npos) return false;
    const auto begin = text.substr(0, at).rfind('\n') + 1;  // npos + 1 is the text's begin
    const auto end = std::min(text.find('\n', at), text.size());
    if (may_hold_secrets(text.substr(begin, end - begin))) return true;
    from = end + 1;
    if (lines >= kFewLines && from < lines * kBytesBetween) return true;
  }
  return false;
}

std::optional<LinePattern::Place> LinePattern::find(std::string_view text, std::size_t from,
                                                    std::size_t to) const {
  if (regex_ == nullptr) return find_literal(text, from, to);
  return texts_ ? find_in_lines(text, from, to) : match(text, from, to);
}

// A line that lacks the required text costs next to nothing. Where most have it, one look at all of
// them is cheaper than one at each.
std::optional<LinePattern::Place> LinePattern::find_in_lines(std::string_view text,
                                                             std::size_t from,
                                                             std::size_t to) const {
  constexpr std::size_t kFewLines = 8;
  constexpr std::size_t kBytesBetween = 128;
  const auto began = from;
  for (std::size_t lines = 1; from < to; ++lines) {
    const auto at = texts_->find(text, from, to);
    if (at == std::string_view::npos) return std::nullopt;
    const auto before = at == from ? std::string_view::npos : text.rfind('\n', at - 1);
    const auto begin = before == std::string_view::npos ? from : std::max(from, before + 1);
    const auto end = std::min(text.find('\n', at), to);
    if (auto found = match(text, begin, end)) return found;
    from = std::min(end + 1, to);
    if (lines >= kFewLines && from - began < lines * kBytesBetween) return match(text, from, to);
  }
  return std::nullopt;
}

std::optional<LinePattern::Place> LinePattern::match(std::string_view text, std::size_t from,
                                                     std::size_t to) const {
  re2::StringPiece groups[2];
  const int count = whole_word_ ? 2 : 1;
  if (!regex_->Match({text.data(), text.size()}, from, to, re2::RE2::UNANCHORED, groups, count))
    return std::nullopt;
  const auto& match = groups[count - 1];
  const auto begin = static_cast<std::size_t>(match.data() - text.data());
  return Place{begin, begin + match.size()};
}

std::optional<LinePattern::Place> LinePattern::find_literal(std::string_view text, std::size_t from,
                                                            std::size_t to) const {
  for (;;) {
    const auto begin = texts_->find(text, from, to);
    if (begin == std::string_view::npos) return std::nullopt;
    const auto end = begin + asked_.size();
    const bool is_alone =
        (begin == 0 || !is_word(text[begin - 1])) && (end == text.size() || !is_word(text[end]));
    if (!whole_word_ || is_alone) return Place{begin, end};
    from = begin + 1;
  }
}

TrigramQuery LinePattern::trigrams() const {
  if (!is_regex_) return TrigramQuery::of_literal(asked_, ignore_case_);
  // To take such a thing apart costs more than it can spare.
  if (regex_->ProgramSize() > kMaxProgramTakenApart) return {};
  return TrigramQuery::of_regex(asked_, ignore_case_);
}

}  // namespace toolpost::project_index
