// SPDX-License-Identifier: Apache-2.0
#include "files/secret_files.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace toolpost::project_index {

namespace {

constexpr std::string_view kNotice = "[secret removed]";
constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

// What a private key's first or last line says between the dashes.
bool is_private_key(std::string_view label) {
  constexpr std::size_t kLongest = 64;
  return label.size() <= kLongest && label.find('\n') == std::string_view::npos &&
         label.find("PRIVATE KEY") != std::string_view::npos;
}

// The place behind the next private key's first or last line from `from`; npos when there is none.
std::size_t behind_key_line(std::string_view text, std::string_view mark, std::size_t from,
                            std::size_t& begin) {
  for (begin = text.find(mark, from); begin != std::string_view::npos;
       begin = text.find(mark, begin + mark.size())) {
    const std::size_t label = begin + mark.size();
    const std::size_t end = text.find(kDashes, label);
    if (end == std::string_view::npos) return std::string_view::npos;
    if (is_private_key(text.substr(label, end - label))) return end + kDashes.size();
  }
  return std::string_view::npos;
}

void add_notice(std::string& out, std::string_view removed) {
  out += kNotice;
  out.append(static_cast<std::size_t>(std::count(removed.begin(), removed.end(), '\n')), '\n');
}

// Also what is before an end without a beginning, and behind a beginning without an end: the text
// may be a piece of a file.
std::string without_private_keys(std::string text) {
  const std::string_view all = text;
  std::size_t first = 0;
  std::size_t last = 0;
  const std::size_t begin = behind_key_line(all, kBegin, 0, first);
  const std::size_t end = behind_key_line(all, kEnd, 0, last);
  if (begin == std::string_view::npos && end == std::string_view::npos) return text;
  std::string out;
  std::size_t at = 0;
  if (end != std::string_view::npos && (begin == std::string_view::npos || end <= first)) {
    add_notice(out, all.substr(0, end));
    at = end;
  }
  for (;;) {
    const std::size_t inside = behind_key_line(all, kBegin, at, first);
    if (inside == std::string_view::npos) return out.append(all.substr(at));
    out.append(all.substr(at, first - at));
    const std::size_t behind = behind_key_line(all, kEnd, inside, last);
    add_notice(out, all.substr(first, behind - std::min(first, behind)));
    if (behind == std::string_view::npos) return out;
    at = behind;
  }
}

// Only what is a secret by its form; a variable's name proves nothing.
constexpr const char* kTokens =
    R"(\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})"
    R"(|glpat-[A-Za-z0-9_-]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{20,})"
    R"(|(?:AKIA|ASIA)[0-9A-Z]{16}\b|AIza[0-9A-Za-z_-]{35}|ya29\.[0-9A-Za-z_-]{20,})"
    R"(|sk-[A-Za-z0-9_-]{20,}|[rs]k_live_[A-Za-z0-9]{16,}|SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})"
    R"(|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,}|hf_[A-Za-z0-9]{30,}|dop_v1_[a-f0-9]{64})"
    R"(|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}))";

constexpr const char* kAssignedTokens =
    R"((?i)(aws_secret_access_key["']?\s{0,8}[:=]\s{0,8}["']?)[A-Za-z0-9/+]{40})";

constexpr const char* kUrlPasswords =
    R"(([A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s/:@"'<>]*:)[^\s/@"'<>]+@)";

// What is in every text that one of the above fits: one look at most texts instead of three.
constexpr const char* kSigns =
    R"(-----(?:BEGIN|END) |\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|xapp-|AKIA|ASIA|AIza))"
    R"(|\b(?:ya29\.|sk-|[rs]k_live_|SG\.|npm_|pypi-|hf_|dop_v1_|eyJ)|://[^\s/:@"'<>]*:[^\s/@"'<>]+@)"
    R"(|(?i:aws_secret_access_key))";

struct Redactions {
  RE2 signs{kSigns};
  RE2 tokens{kTokens};
  RE2 assigned_tokens{kAssignedTokens};
  RE2 url_passwords{kUrlPasswords};
};

}  // namespace

bool remove_secrets(std::string& text) {
  static const Redactions kRedactions;  // immutable once compiled
  if (!RE2::PartialMatch(text, kRedactions.signs)) return false;
  const std::string before = text;
  text = without_private_keys(std::move(text));
  const std::string notice(kNotice);
  RE2::GlobalReplace(&text, kRedactions.tokens, notice);
  RE2::GlobalReplace(&text, kRedactions.assigned_tokens, "\\1" + notice);
  RE2::GlobalReplace(&text, kRedactions.url_passwords, "\\1" + notice + "@");
  return text != before;
}

std::string without_secrets(std::string text) {
  remove_secrets(text);
  return text;
}

}  // namespace toolpost::project_index
