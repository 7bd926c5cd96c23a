// SPDX-License-Identifier: Apache-2.0
#include "base/token_shapes.hpp"

#include "base/ascii.hpp"

#include <algorithm>

namespace toolpost {
namespace {

struct Shape {
  std::string_view prefix;
  std::size_t shortest;  // what follows, at least
  bool dense = false;    // names begin like this, too: it must have a part that no name has
};

constexpr Shape kShapes[] = {
    {"mcp_", 29},       {"ghp_", 20},     {"gho_", 20},      {"ghu_", 20},
    {"ghs_", 20},       {"ghr_", 20},     {"glpat-", 16},    {"github_pat_", 20},
    {"xoxa-", 10},      {"xoxb-", 10},    {"xoxe-", 10},     {"xoxo-", 10},
    {"xoxp-", 10},      {"xoxr-", 10},    {"xoxs-", 10},     {"sk_live_", 16},
    {"sk_test_", 16},   {"rk_live_", 16}, {"sk-", 20, true}, {"pypi-", 20, true},
    {"npm_", 30, true},
};

constexpr std::size_t kAwsKeyId = 20;
constexpr std::size_t kDense = 16;
constexpr std::size_t kLookedAt = 128;

bool is_word(char c) {
  return is_alnum(c) || c == '_' || c == '-';
}

// The id of an access key; the key itself has no shape.
bool is_aws_key_id(std::string_view word) {
  return word.size() == kAwsKeyId && (word.starts_with("AKIA") || word.starts_with("ASIA")) &&
         std::all_of(word.begin(), word.end(), [](char c) { return is_digit(c) || is_upper(c); });
}

}  // namespace

bool follows_escape(std::string_view text, std::size_t at) noexcept {
  return at >= 2 && text[at - 2] == '\\' &&
         std::string_view{"nrtbf"}.find(text[at - 1]) != std::string_view::npos;
}

std::size_t TokenShapes::end_of_token(std::size_t at) {
  if (at > 0 && is_alnum(text_[at - 1]) && !follows_escape(text_, at)) return 0;
  const std::string_view rest = text_.substr(at);
  if (rest.starts_with("eyJ")) return end_of_web_token(at);
  if (rest.front() == 'A') {
    const std::size_t end = std::min(at + kAwsKeyId, text_.size());
    const bool goes_on = end < text_.size() && is_alnum(text_[end]);
    return !goes_on && is_aws_key_id(text_.substr(at, end - at)) ? end : 0;
  }
  for (const Shape& shape : kShapes) {
    if (!rest.starts_with(shape.prefix)) continue;
    const std::size_t begin = at + shape.prefix.size();
    const std::size_t end = std::max(begin, end_of_word(at, word_));
    if (end - begin < shape.shortest) return 0;
    return !shape.dense || has_dense_part(begin, end) ? end : 0;
  }
  return 0;
}

std::size_t TokenShapes::end_of_word(std::size_t at, Word& known) const {
  if (at >= known.begin && at < known.end) return known.end;
  std::size_t end = at;
  while (end < text_.size() && is_word(text_[end])) ++end;
  known = {at, end};
  return end;
}

// A header and a body, each an object in base64url, and a signature, which may be missing; or the
// five parts of an encrypted one.
std::size_t TokenShapes::end_of_web_token(std::size_t at) {
  constexpr std::size_t kShortestPart = 8;
  const std::size_t header = end_of_word(at, word_);
  if (header - at < kShortestPart || header >= text_.size() || text_[header] != '.') return 0;
  const std::size_t body = end_of_word(header + 1, next_word_);
  if (body >= text_.size() || text_[body] != '.') return 0;
  if (body != header + 1 && body - header <= kShortestPart) return 0;
  std::size_t end = body;
  while (end < text_.size() && (is_word(text_[end]) || text_[end] == '.')) ++end;
  while (text_[end - 1] == '.') --end;  // of the sentence
  return end;
}

bool TokenShapes::has_dense_part(std::size_t begin, std::size_t end) const {
  std::size_t length = 0;
  bool has_digit = false;
  bool has_small = false;
  bool has_large = false;
  for (std::size_t at = begin; at < std::min(end, begin + kLookedAt); ++at) {
    const char c = text_[at];
    if (!is_alnum(c)) {
      length = 0;
      has_digit = has_small = has_large = false;
      continue;
    }
    has_digit = has_digit || is_digit(c);
    has_small = has_small || is_lower(c);
    has_large = has_large || is_upper(c);
    // One in thirty random keys has no digit.
    if (++length >= kDense && (has_digit || (has_small && has_large))) return true;
  }
  return false;
}

}  // namespace toolpost
