// SPDX-License-Identifier: Apache-2.0
#include "pep/version.hpp"

#include "pep/ascii.hpp"

#include <algorithm>
#include <array>

namespace toolpost::pep {

namespace {

std::string without_leading_zeros(std::string_view digits) {
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? "0" : std::string(digits.substr(first));
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

int compare_numbers(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

constexpr bool is_separator(char c) noexcept {
  return c == '.' || c == '-' || c == '_';
}

}  // namespace

// A cursor over lower-cased text; each step either consumes all of its part or nothing.
class VersionParser {
 public:
  explicit VersionParser(std::string_view text) : text_(lowered(text)) {}

  std::optional<Version> run() {
    Version out;
    if (peek() == 'v') ++at_;
    if (!read_epoch_and_release(out)) return std::nullopt;
    read_pre(out);
    read_post(out);
    read_dev(out);
    if (!read_local(out) || at_ != text_.size()) return std::nullopt;
    return out;
  }

 private:
  char peek(std::size_t ahead = 0) const noexcept {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  std::string_view digits() {
    const std::size_t start = at_;
    while (is_digit(peek())) ++at_;
    return std::string_view(text_).substr(start, at_ - start);
  }

  bool read_epoch_and_release(Version& out) {
    std::string_view first = digits();
    if (first.empty()) return false;
    if (peek() == '!') {
      ++at_;
      out.epoch_ = without_leading_zeros(first);
      first = digits();
      if (first.empty()) return false;
    }
    out.release_.push_back(without_leading_zeros(first));
    while (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      out.release_.push_back(without_leading_zeros(digits()));
    }
    return true;
  }

  // "[-_.]?(WORD)[-_.]?(DIGITS)?"; the longest word that matches wins.
  template <std::size_t N>
  std::optional<std::pair<std::size_t, std::string>> tagged(
      const std::array<std::string_view, N>& words) {
    const std::size_t start = at_;
    if (is_separator(peek())) ++at_;
    for (std::size_t i = 0; i < N; ++i) {
      if (text_.compare(at_, words[i].size(), words[i]) != 0) continue;
      at_ += words[i].size();
      if (is_separator(peek())) ++at_;
      const std::string_view number = digits();
      return std::pair{i, number.empty() ? std::string("0") : without_leading_zeros(number)};
    }
    at_ = start;
    return std::nullopt;
  }

  void read_pre(Version& out) {
    static constexpr std::array<std::string_view, 8> kWords = {"alpha",   "a",   "beta", "b",
                                                               "preview", "pre", "c",    "rc"};
    static constexpr std::array<Version::Pre, 8> kMeaning = {
        Version::Pre::kAlpha,     Version::Pre::kAlpha,     Version::Pre::kBeta,
        Version::Pre::kBeta,      Version::Pre::kCandidate, Version::Pre::kCandidate,
        Version::Pre::kCandidate, Version::Pre::kCandidate};
    if (auto found = tagged(kWords)) out.pre_ = {kMeaning[found->first], std::move(found->second)};
  }

  void read_post(Version& out) {
    if (peek() == '-' && is_digit(peek(1))) {
      ++at_;
      out.post_ = without_leading_zeros(digits());
      return;
    }
    static constexpr std::array<std::string_view, 3> kWords = {"post", "rev", "r"};
    if (auto found = tagged(kWords)) out.post_ = std::move(found->second);
  }

  void read_dev(Version& out) {
    static constexpr std::array<std::string_view, 1> kWords = {"dev"};
    if (auto found = tagged(kWords)) out.dev_ = std::move(found->second);
  }

  bool read_local(Version& out) {
    if (peek() != '+') return true;
    do {
      ++at_;
      const std::size_t start = at_;
      while (is_alnum(peek())) ++at_;
      if (at_ == start) return false;
      const std::string_view part = std::string_view(text_).substr(start, at_ - start);
      out.local_.push_back(is_number(part) ? without_leading_zeros(part) : std::string(part));
    } while (is_separator(peek()));
    return true;
  }

  std::string text_;
  std::size_t at_ = 0;
};

std::optional<Version> Version::parse(std::string_view text) {
  if (text.size() > kMaxVersionLength) return std::nullopt;
  return VersionParser(text).run();
}

std::string Version::normalized() const {
  std::string out = epoch_ == "0" ? "" : epoch_ + "!";
  for (std::size_t i = 0; i < release_.size(); ++i) out += (i == 0 ? "" : ".") + release_[i];
  if (pre_) {
    static constexpr std::array<std::string_view, 3> kNames = {"a", "b", "rc"};
    out += kNames[static_cast<std::size_t>(pre_->first)];
    out += pre_->second;
  }
  if (post_) out += ".post" + *post_;
  if (dev_) out += ".dev" + *dev_;
  for (std::size_t i = 0; i < local_.size(); ++i) out += (i == 0 ? "+" : ".") + local_[i];
  return out;
}

Version Version::without_local() const {
  Version out = *this;
  out.local_.clear();
  return out;
}

Version Version::base() const {
  Version out;
  out.epoch_ = epoch_;
  out.release_ = release_;
  return out;
}

Version Version::development_start() const {
  Version out = without_local();
  out.dev_ = "0";
  return out;
}

bool Version::begins_with(const Version& prefix) const {
  if (epoch_ != prefix.epoch_) return false;
  for (std::size_t i = 0; i < prefix.release_.size(); ++i) {
    if ((i < release_.size() ? release_[i] : "0") != prefix.release_[i]) return false;
  }
  return true;
}

namespace {

int compare_releases(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  static const std::string zero = "0";
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const int order = compare_numbers(i < a.size() ? a[i] : zero, i < b.size() ? b[i] : zero);
    if (order != 0) return order;
  }
  return 0;
}

// Within a local version a number is newer than a word, and a longer one is newer than its prefix.
int compare_locals(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const bool a_number = is_number(a[i]);
    const bool b_number = is_number(b[i]);
    if (a_number != b_number) return a_number ? 1 : -1;
    const int order = a_number ? compare_numbers(a[i], b[i]) : a[i].compare(b[i]);
    if (order != 0) return order;
  }
  if (a.size() == b.size()) return 0;
  return a.size() < b.size() ? -1 : 1;
}

// An absent part sorts before or after every present one.
int compare_optional(const std::optional<std::string>& a, const std::optional<std::string>& b,
                     int order_of_absent) {
  if (a && b) return compare_numbers(*a, *b);
  if (!a && !b) return 0;
  return a ? -order_of_absent : order_of_absent;
}

}  // namespace

bool Version::has_same_stem(const Version& other) const {
  return pre_ == other.pre_ && base().compare(other.base()) == 0;
}

int Version::compare(const Version& other) const {
  if (const int order = compare_numbers(epoch_, other.epoch_)) return order;
  if (const int order = compare_releases(release_, other.release_)) return order;
  // Rank of the pre-release part: "1.0.dev1" comes before "1.0a1", and that before "1.0".
  const auto rank = [](const Version& v) {
    if (v.pre_) return static_cast<int>(v.pre_->first) + 1;
    return !v.post_ && v.dev_ ? 0 : 4;
  };
  if (rank(*this) != rank(other)) return rank(*this) < rank(other) ? -1 : 1;
  if (pre_ && other.pre_) {
    if (const int order = compare_numbers(pre_->second, other.pre_->second)) return order;
  }
  if (const int order = compare_optional(post_, other.post_, -1)) return order;
  if (const int order = compare_optional(dev_, other.dev_, 1)) return order;
  return compare_locals(local_, other.local_);
}

}  // namespace toolpost::pep
