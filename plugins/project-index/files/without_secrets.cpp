// SPDX-License-Identifier: Apache-2.0
#include "files/private_keys.hpp"
#include "files/secret_files.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace toolpost::project_index {

namespace {

constexpr std::string_view kNotice = "[secret removed]";
// Only what is a secret by its form; a variable's name proves nothing.
constexpr const char* kTokens =
    R"(gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255}|glpat-[A-Za-z0-9_-]{20,}|)"
    R"(\b(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{20,})"
    R"(|(?:AKIA|ASIA)[0-9A-Z]{16}\b|AIza[0-9A-Za-z_-]{35}|ya29\.[0-9A-Za-z_-]{20,})"
    R"(|sk-[A-Za-z0-9_-]{20,}|[rs]k_live_[A-Za-z0-9]{16,}|SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})"
    R"(|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,}|hf_[A-Za-z0-9]{30,}|dop_v1_[a-f0-9]{64})"
    R"(|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}))";

constexpr const char* kAssignedTokens =
    R"((?i)(aws_secret_access_key["']?\s{0,8}[:=]\s{0,8}["']?)[A-Za-z0-9/+]{40})";

constexpr const char* kUrlPasswords =
    R"(([A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s/:@"'<>]*:)[^\s/"']+@)";

// What is in every text that one of the above fits: one look at most texts instead of three.
constexpr const char* kSigns =
    R"(-----(?:BEGIN|END) |gh[pousr]_|github_pat_|glpat-|\b(?:xox[abeoprs]-|xapp-|AKIA|ASIA|AIza))"
    R"(|\b(?:ya29\.|sk-|[rs]k_live_|SG\.|npm_|pypi-|hf_|dop_v1_|eyJ)|://[^\s/:@"'<>]*:[^\s/"']+@)"
    R"(|(?i:aws_secret_access_key))";

// What those of the above have in them that reach into other lines. The last is the part of a name
// that has no letters which others fold to ("ſ" is an "s" where case does not count, the sign of
// Kelvin a "k").
constexpr auto kSignsAcrossLines =
    std::to_array<const char*>({"-----begin ", "-----end ", "ecret_acce"});

struct Redactions {
  RE2 tokens{kTokens};
  RE2 assigned_tokens{kAssignedTokens};
  RE2 url_passwords{kUrlPasswords};
};

}  // namespace

bool may_hold_secrets(std::string_view text) {
  static const RE2 kAnySign(kSigns);
  return RE2::PartialMatch({text.data(), text.size()}, kAnySign);
}

std::vector<std::string> signs_across_lines() {
  return {kSignsAcrossLines.begin(), kSignsAcrossLines.end()};
}

bool remove_secrets(std::string& text) {
  static const Redactions kRedactions;  // immutable once compiled
  if (!may_hold_secrets(text)) return false;
  const std::string before = text;
  text = without_private_keys(text, kNotice);
  const std::string notice(kNotice);
  RE2::GlobalReplace(&text, kRedactions.tokens, notice);
  RE2::GlobalReplace(&text, kRedactions.assigned_tokens, "\\1" + notice);
  RE2::GlobalReplace(&text, kRedactions.url_passwords, "\\1" + notice + "@");
  return text != before;
}

// What did not stand beside each other in a line does so nowhere afterwards but with the notice
// between.
bool may_come_with_removal(std::string_view piece) {
  if (kNotice.find(piece) != std::string_view::npos) return true;
  if (piece.find(kNotice) != std::string_view::npos) return true;
  for (std::size_t size = 1; size < std::min(kNotice.size(), piece.size()); ++size) {
    if (piece.ends_with(kNotice.substr(0, size))) return true;
    if (piece.starts_with(kNotice.substr(kNotice.size() - size))) return true;
  }
  return false;
}

std::string without_secrets(std::string text) {
  remove_secrets(text);
  return text;
}

}  // namespace toolpost::project_index
