// SPDX-License-Identifier: Apache-2.0
#include "files/wildmatch.hpp"

#include "files/small_letters.hpp"

#include <array>
#include <utility>

namespace toolpost::project_index {

namespace {

constexpr std::size_t kLongestText = 4096;  // no path that is walked is longer

bool is_alpha(unsigned c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(unsigned c) {
  return c >= '0' && c <= '9';
}

bool is_space(unsigned c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_printable(unsigned c) {
  return c >= 0x20 && c < 0x7f;
}

using IsInClass = bool (*)(unsigned);

// ASCII only, and white space without \v and \f, like git's own character classes.
constexpr std::array<std::pair<std::string_view, IsInClass>, 12> kClasses{{
    {"alnum", [](unsigned c) { return is_alpha(c) || is_digit(c); }},
    {"alpha", [](unsigned c) { return is_alpha(c); }},
    {"blank", [](unsigned c) { return c == ' ' || c == '\t'; }},
    {"cntrl", [](unsigned c) { return c < 0x20 || c == 0x7f; }},
    {"digit", [](unsigned c) { return is_digit(c); }},
    {"graph", [](unsigned c) { return is_printable(c) && c != ' '; }},
    {"lower", [](unsigned c) { return c >= 'a' && c <= 'z'; }},
    {"print", [](unsigned c) { return is_printable(c); }},
    {"punct",
     [](unsigned c) { return is_printable(c) && c != ' ' && !is_alpha(c) && !is_digit(c); }},
    {"space", [](unsigned c) { return is_space(c); }},
    {"upper", [](unsigned c) { return c >= 'A' && c <= 'Z'; }},
    {"xdigit",
     [](unsigned c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }},
}};

// Reads what stands between brackets. `at` is behind the opening one at first and behind the
// closing one at the end.
class SetReader {
 public:
  SetReader(std::string_view glob, std::size_t at, Wildmatch::Letters letters)
      : glob_(glob), at_(at), letters_(letters) {}

  // False when the set is malformed.
  bool read() {
    const bool is_inverted = peek() == '!' || peek() == '^';
    if (is_inverted) ++at_;
    // A "]" in front is a member, hence the loop looks for the end only behind the first member.
    do {
      if (at_ >= glob_.size() || !read_member()) return false;
    } while (peek() != ']');
    ++at_;
    if (is_inverted) set_.flip();
    return true;
  }

  const std::bitset<256>& set() const { return set_; }

  std::size_t at() const { return at_; }

 private:
  int peek(std::size_t ahead = 0) const {
    return at_ + ahead < glob_.size() ? static_cast<unsigned char>(glob_[at_ + ahead]) : -1;
  }

  bool read_member() {
    if (peek() == '-' && low_ >= 0 && peek(1) >= 0 && peek(1) != ']') return read_range();
    if (peek() == '[' && peek(1) == ':') {
      const std::size_t end = glob_.find(']', at_ + 2);
      if (end == std::string_view::npos) return false;
      if (end > at_ + 2 && glob_[end - 1] == ':') return read_class(end);
    }
    return read_byte();
  }

  bool read_byte() {
    if (peek() == '\\') ++at_;
    if (peek() < 0) return false;
    low_ = peek();
    set_.set(static_cast<std::size_t>(low_));
    ++at_;
    return true;
  }

  bool read_range() {
    ++at_;
    if (peek() == '\\') ++at_;
    if (peek() < 0) return false;
    for (int c = low_; c <= peek(); ++c) {
      set_.set(static_cast<std::size_t>(c));
      if (letters_ == Wildmatch::Letters::kSmall)
        set_.set(static_cast<unsigned char>(small_letter(static_cast<char>(c))));
    }
    ++at_;
    low_ = -1;  // the end of a range does not begin another
    return true;
  }

  bool read_class(std::size_t end) {
    std::string_view name = glob_.substr(at_ + 2, end - 1 - (at_ + 2));
    if (letters_ == Wildmatch::Letters::kSmall && name == "upper") name = "lower";
    for (const auto& [known, is_member] : kClasses) {
      if (known != name) continue;
      for (unsigned c = 0; c < set_.size(); ++c) {
        if (is_member(c)) set_.set(c);
      }
      at_ = end + 1;
      low_ = -1;
      return true;
    }
    return false;
  }

  std::string_view glob_;
  std::size_t at_;
  std::bitset<256> set_;
  int low_ = -1;  // the byte in front, which may begin a range
  Wildmatch::Letters letters_;
};

}  // namespace

Wildmatch::Wildmatch(std::string_view glob, Slashes slashes, Letters letters) : slashes_(slashes) {
  for (std::size_t at = 0; at < glob.size() && !never_;) {
    switch (glob[at]) {
      case '*':
        add_star(glob, at);
        break;
      case '?':
        tokens_.push_back({Kind::kAny});
        ++least_;
        ++at;
        break;
      case '[':
        never_ = !add_set(glob, at, letters);
        ++least_;
        break;
      case '\\':
        ++at;
        never_ = at >= glob.size();
        if (!never_) add_byte(glob[at++]);
        break;
      default:
        add_byte(letters == Letters::kSmall ? small_letter(glob[at]) : glob[at]);
        ++at;
    }
  }
  never_ = never_ || least_ > kLongestText;
}

void Wildmatch::add_byte(char byte) {
  tokens_.push_back({Kind::kByte, static_cast<unsigned char>(byte)});
  ++least_;
}

void Wildmatch::add_star(std::string_view glob, std::size_t& at) {
  const std::size_t begin = at;
  while (at < glob.size() && glob[at] == '*') ++at;
  const std::string_view rest = glob.substr(at);
  const bool begins_part = begin == 0 || glob[begin - 1] == '/';
  const bool ends_part = rest.empty() || rest.front() == '/' || rest.substr(0, 2) == "\\/";
  Kind kind = Kind::kStar;
  if (slashes_ == Slashes::kOrdinary) {
    kind = Kind::kStarStar;
  } else if (at - begin > 1 && begins_part && ends_part) {
    kind = Kind::kStarStar;
    if (!rest.empty() && rest.front() == '/') {
      kind = Kind::kDirectories;
      ++at;
    }
  }
  tokens_.push_back({kind, 0, stars_++});
}

bool Wildmatch::add_set(std::string_view glob, std::size_t& at, Letters letters) {
  SetReader reader(glob, at + 1, letters);
  if (!reader.read()) return false;
  std::bitset<256> set = reader.set();
  if (slashes_ == Slashes::kSpecial) set.reset('/');
  tokens_.push_back({Kind::kSet, 0, static_cast<std::uint32_t>(sets_.size())});
  sets_.push_back(set);
  at = reader.at();
  return true;
}

// One match. A star is tried with each length; what has failed behind a star at a place is
// remembered where several stars could ask for it again and again.
class WildmatchRun {
 public:
  WildmatchRun(const Wildmatch& glob, std::string_view text) : glob_(glob), text_(text) {
    if (glob.stars_ > 2) failed_.resize(glob.stars_ * (text.size() + 1));
  }

  bool from(std::size_t token, std::size_t at) {
    for (; token < glob_.tokens_.size(); ++token, ++at) {
      const auto& wanted = glob_.tokens_[token];
      if (wanted.kind >= Wildmatch::Kind::kStar) return star(token, at);
      if (at >= text_.size() || !is_one(wanted, static_cast<unsigned char>(text_[at]))) {
        return false;
      }
    }
    return at == text_.size();
  }

 private:
  bool is_one(const Wildmatch::Token& wanted, unsigned char c) const {
    switch (wanted.kind) {
      case Wildmatch::Kind::kByte:
        return c == wanted.byte;
      case Wildmatch::Kind::kSet:
        return glob_.sets_[wanted.number].test(c);
      default:
        return c != '/' || glob_.slashes_ == Wildmatch::Slashes::kOrdinary;
    }
  }

  bool star(std::size_t token, std::size_t begin) {
    const auto& wanted = glob_.tokens_[token];
    if (token + 1 == glob_.tokens_.size() && wanted.kind == Wildmatch::Kind::kStarStar) return true;
    for (std::size_t end = begin; end <= text_.size(); ++end) {
      if (may_end(wanted, begin, end)) {
        // Whoever tried this end has tried all later ones, too.
        if (has_failed(wanted, end)) return false;
        if (from(token + 1, end)) return true;
        remember(wanted, end);
      }
      if (wanted.kind == Wildmatch::Kind::kStar && end < text_.size() && text_[end] == '/') break;
    }
    return false;
  }

  // "**/" is nothing, or ends behind a slash.
  bool may_end(const Wildmatch::Token& wanted, std::size_t begin, std::size_t end) const {
    return wanted.kind != Wildmatch::Kind::kDirectories || end == begin || text_[end - 1] == '/';
  }

  std::size_t place(const Wildmatch::Token& wanted, std::size_t end) const {
    return wanted.number * (text_.size() + 1) + end;
  }

  bool has_failed(const Wildmatch::Token& wanted, std::size_t end) const {
    return !failed_.empty() && failed_[place(wanted, end)];
  }

  void remember(const Wildmatch::Token& wanted, std::size_t end) {
    if (!failed_.empty()) failed_[place(wanted, end)] = true;
  }

  const Wildmatch& glob_;
  std::string_view text_;
  std::vector<bool> failed_;
};

bool Wildmatch::matches(std::string_view text) const {
  if (never_ || text.size() < least_) return false;
  if (stars_ == 0 && text.size() != least_) return false;
  if (!tokens_.empty() && tokens_.back().kind == Kind::kByte &&
      static_cast<unsigned char>(text.back()) != tokens_.back().byte) {
    return false;
  }
  return WildmatchRun(*this, text).from(0, 0);
}

}  // namespace toolpost::project_index
