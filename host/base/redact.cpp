// SPDX-License-Identifier: Apache-2.0
#include "base/redact.hpp"

#include "base/ascii.hpp"
#include "base/token_shapes.hpp"

#include <algorithm>
#include <array>

namespace toolpost {
namespace {

constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kShortestCredentials = 8;
constexpr std::size_t kLongerThanWords = 24;

bool contains(std::string_view set, char c) {
  return set.find(c) != std::string_view::npos;
}

bool starts_with_word(std::string_view text, std::string_view lower_word) {
  return text.size() >= lower_word.size() &&
         std::equal(lower_word.begin(), lower_word.end(), text.begin(),
                    [](char a, char b) { return a == to_lower(b); });
}

// Only here can anything begin that is looked for.
constexpr auto kTriggers = [] {
  std::array<bool, 256> triggers{};
  for (const char c : std::string_view{":=-gAxsrpnmeBb"}) {
    triggers[static_cast<unsigned char>(c)] = true;
  }
  return triggers;
}();

// Prose has "basic configuration" and "Bearer authentication", too.
bool looks_like_credentials(std::string_view value) {
  if (value.size() < kShortestCredentials) return false;
  if (value.size() >= kLongerThanWords || value.back() == '=') return true;
  return std::any_of(value.begin() + 1, value.end(),
                     [](char c) { return is_digit(c) || is_upper(c); });
}

bool looks_assigned(std::string_view value) {
  return value.size() >= kLongerThanWords || std::any_of(value.begin(), value.end(), is_digit);
}

class Redactor {
 public:
  Redactor(std::string_view text, std::string& out) : text_(text), tokens_(text), out_(out) {}

  // False when nothing was found; then `out` is as it was.
  bool run() {
    while (at_ < text_.size()) {
      if (!kTriggers[static_cast<unsigned char>(text_[at_])] || !look()) ++at_;
    }
    if (found_) out_.append(text_.substr(copied_));
    return found_;
  }

 private:
  char peek(std::size_t at) const { return at < text_.size() ? text_[at] : '\0'; }

  // True when something was cut, and then `at_` is behind it.
  bool look() {
    switch (text_[at_]) {
      case ':':
        return look_for_url() || look_for_assignment();
      case '=':
        return look_for_assignment();
      case '-':
        return look_for_pem();
      default:
        return look_for_token() || look_for_credentials();
    }
  }

  bool cut(std::size_t begin, std::size_t end, std::string_view with = kRedacted) {
    if (!found_) out_.clear();
    found_ = true;
    out_.append(text_.substr(copied_, begin - copied_)).append(with);
    copied_ = at_ = end;
    return true;
  }

  // Behind what `is_end` does not stop. No escape of a JSON string is cut into two, and one that
  // breaks a line or is a quote ends it.
  template <class IsEnd>
  std::size_t scan(std::size_t at, IsEnd is_end) const {
    while (at < text_.size() && !is_end(text_[at])) {
      if (text_[at] != '\\') {
        ++at;
        continue;
      }
      const char escaped = peek(at + 1);
      if (contains("nrt\"", escaped)) return at;
      if (escaped == '\0' || is_end(escaped)) return at;
      at += 2;
    }
    return std::min(at, text_.size());
  }

  bool look_for_url() {
    std::size_t at = at_ + 1;
    for (int slashes = 0; slashes < 2; ++slashes) {
      if (peek(at) == '\\') ++at;
      if (peek(at) != '/') return false;
      ++at;
    }
    const std::size_t end =
        scan(at, [](char c) { return is_space(c) || contains("/?#\"'<>`", c); });
    const std::size_t sign = text_.substr(at, end - at).rfind('@');
    if (sign == std::string_view::npos) return false;
    const std::string_view user = text_.substr(at, sign);
    // The user of every repository that is reached by SSH.
    if (user.empty() || user == "git") return false;
    return cut(at, at + sign);
  }

  bool look_for_pem() {
    constexpr std::string_view kBegin = "-----BEGIN ";
    constexpr std::string_view kEnd = "-----END ";
    constexpr std::string_view kDashes = "-----";
    constexpr std::size_t kMaxLabel = 64;
    if (text_.compare(at_, kBegin.size(), kBegin) != 0) return false;
    const std::string_view label = text_.substr(at_ + kBegin.size(), kMaxLabel + kDashes.size());
    const std::size_t label_end = label.find(kDashes);
    if (label_end == std::string_view::npos) return false;
    std::size_t end = at_ + kBegin.size() + label_end + kDashes.size();
    // A block that breaks off is cut as far as it could be one.
    while (end < text_.size() && is_in_pem(text_[end])) {
      if (text_[end] == '\\' && !contains("nrt/\\", peek(end + 1))) break;
      if (text_.compare(end, kEnd.size(), kEnd) == 0) {
        const std::string_view last = text_.substr(end + kEnd.size(), kMaxLabel + kDashes.size());
        const std::size_t last_end = last.find(kDashes);
        if (last_end != std::string_view::npos) {
          return cut(at_, end + kEnd.size() + last_end + kDashes.size());
        }
      }
      end += text_[end] == '\\' ? 2 : 1;
    }
    return cut(at_, end);
  }

  static bool is_in_pem(char c) { return is_alnum(c) || is_space(c) || contains("+/=\\-:,", c); }

  bool look_for_token() {
    const std::size_t end = tokens_.end_of_token(at_);
    return end != 0 && cut(at_, end);
  }

  bool look_for_credentials() {
    const std::size_t value = after_scheme(at_);
    if (value == 0 || (at_ > 0 && is_alnum(text_[at_ - 1]) && !follows_escape(text_, at_))) {
      return false;
    }
    const std::size_t end =
        std::min(text_.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789-._~+/=",
                                         value),
                 text_.size());
    return looks_like_credentials(text_.substr(value, end - value)) && cut(value, end);
  }

  // Behind "Bearer " or "Basic "; 0 when there is neither.
  std::size_t after_scheme(std::size_t at) const {
    for (const std::string_view scheme : {"bearer ", "basic "}) {
      if (starts_with_word(text_.substr(at, scheme.size()), scheme)) return at + scheme.size();
    }
    return 0;
  }

  // What is assigned by the sign at `at_`.
  bool look_for_assignment() {
    const bool is_colon = text_[at_] == ':';
    if (peek(at_ + 1) == '=') return false;  // a comparison, as in requirements
    bool is_quoted_name = false;
    if (!is_secret_name(name_before(is_quoted_name))) return false;
    std::size_t at = at_ + 1;
    while (is_space(peek(at))) ++at;
    if (at >= text_.size()) return false;
    const bool is_escaped = text_[at] == '\\' && peek(at + 1) == '"';
    if (is_escaped || text_[at] == '"' || text_[at] == '\'') {
      return cut_quoted(at, is_escaped, is_colon && is_quoted_name);
    }
    return cut_unquoted(at, is_colon, is_quoted_name);
  }

  std::string_view name_before(bool& is_quoted) const {
    // What was cut is no part of a name.
    const std::size_t first = at_ - std::min(at_ - copied_, kMaxNameBytes + 4);
    std::size_t end = at_;
    while (end > first && is_space(text_[end - 1])) --end;
    if (end > first && contains("\"'", text_[end - 1])) {
      is_quoted = text_[--end] == '"';
      if (end > first && text_[end - 1] == '\\') {
        --end;
        is_quoted = false;  // the text around is a string
      }
    }
    std::size_t begin = end;
    while (begin > first && (is_alnum(text_[begin - 1]) || contains("_-.", text_[begin - 1]))) {
      --begin;
    }
    return text_.substr(begin, end - begin);
  }

  bool cut_quoted(std::size_t at, bool is_escaped, bool is_json_member) {
    const char quote = is_escaped ? '"' : text_[at];
    at += is_escaped ? 2 : 1;
    std::size_t end = at;
    while (end < text_.size() && text_[end] != quote && text_[end] != '"') {
      if (text_[end] == '\\' && is_escaped) {
        if (peek(end + 1) == '"') break;
        end += text_.compare(end, 4, "\\\\\\\"") == 0 ? 4 : 2;
      } else if (text_[end] == '\\' && quote == '\'' && peek(end + 1) == '"') {
        break;
      } else {
        end += text_[end] == '\\' ? 2 : 1;
      }
    }
    end = std::min(end, text_.size());
    const std::string_view value = text_.substr(at, end - at);
    // In JSON, a quote after a sign may end the string that the sign is in.
    const std::size_t first = value.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || value == kRedacted) return false;
    const bool may_end_string = !is_escaped && !is_json_member && quote == '"';
    if (may_end_string && contains(",}]:", value[first])) return false;
    return cut(at, end);
  }

  bool cut_unquoted(std::size_t at, bool is_colon, bool is_quoted_name) {
    const auto is_end = [](char c) { return is_space(c) || contains("\"',;&)]}<>`|", c); };
    const bool was_cut = text_.compare(at, kRedacted.size(), kRedacted) == 0;
    std::size_t end = scan(was_cut ? at + kRedacted.size() : at, is_end);
    if (const std::size_t behind = after_scheme(at)) {
      end = scan(behind, is_end);
      if (text_.compare(behind, kRedacted.size(), kRedacted) == 0) return false;
    }
    const std::string_view value = text_.substr(at, end - at);
    if (value.empty() || value == kRedacted) return false;
    if (is_colon) {
      if (contains("{[", value.front()) || !(looks_assigned(value) || after_scheme(at) != 0)) {
        return false;
      }
      if (value.front() == '/') return false;  // of a URL whose scheme has this name
    }
    return cut(at, end, is_colon && is_quoted_name ? "\"[redacted]\"" : kRedacted);
  }

  std::string_view text_;
  TokenShapes tokens_;
  std::string& out_;
  std::size_t at_ = 0;
  std::size_t copied_ = 0;
  bool found_ = false;
};

}  // namespace

std::string_view redacted(std::string_view text, std::string& scratch) {
  // What was cut out of the middle of something may let the rest show.
  constexpr int kMaxMorePasses = 7;
  if (!Redactor{text, scratch}.run()) return text;
  std::string next;
  for (int i = 0; i < kMaxMorePasses && Redactor{scratch, next}.run(); ++i) scratch.swap(next);
  return scratch;
}

bool is_secret_name(std::string_view name) noexcept {
  constexpr std::string_view kNames[] = {"password",  "passwd",     "passphrase",    "secret",
                                         "token",     "apikey",     "accesskey",     "privatekey",
                                         "secretkey", "credential", "authorization", "credentials"};
  std::array<char, kMaxNameBytes> letters{};
  std::size_t size = 0;
  const std::size_t skipped = name.size() - std::min(name.size(), kMaxNameBytes);
  for (const char c : name.substr(skipped)) {
    if (!contains("_-.", c)) letters[size++] = to_lower(c);
  }
  const std::string_view plain{letters.data(), size};
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [&](std::string_view secret) { return plain.ends_with(secret); });
}

}  // namespace toolpost
