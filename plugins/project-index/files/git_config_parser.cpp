// SPDX-License-Identifier: Apache-2.0
// The syntax of git's configuration files.
#include "files/git_config.hpp"
#include "files/small_letters.hpp"

#include <algorithm>

namespace toolpost::project_index {

namespace {

bool is_blank(int c) {
  return c == ' ' || c == '\t' || c == '\r';
}

bool is_name(int c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

class GitConfigParser {
 public:
  explicit GitConfigParser(std::string_view text) : text_(text) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") text_.remove_prefix(3);
  }

  std::vector<GitSetting> parse() {
    while (peek() >= 0 && read_item()) {
    }
    return std::move(settings_);
  }

 private:
  int peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? static_cast<unsigned char>(text_[at_ + ahead]) : -1;
  }

  bool is_line_end() const { return peek() == '\n' || (peek() == '\r' && peek(1) == '\n'); }

  void skip_line() {
    while (peek() >= 0 && peek() != '\n') ++at_;
  }

  // False when the file can't be understood any further.
  bool read_item() {
    const int c = peek();
    if (is_blank(c) || c == '\n') {
      ++at_;
      return true;
    }
    if (c == '#' || c == ';') {
      skip_line();
      return true;
    }
    if (c == '[') return read_section();
    return read_setting();
  }

  bool read_section() {
    ++at_;
    section_.clear();
    subsection_.clear();
    while (is_name(peek()) || peek() == '.') section_ += small_letter(text_[at_++]);
    if (is_blank(peek()) && !read_subsection()) return false;
    if (peek() != ']') return false;
    ++at_;
    // The old way to write a subsection.
    if (const auto dot = section_.find('.'); dot != std::string::npos && subsection_.empty()) {
      subsection_ = section_.substr(dot + 1);
      section_.resize(dot);
    }
    return true;
  }

  bool read_subsection() {
    while (is_blank(peek())) ++at_;
    if (peek() != '"') return false;
    for (++at_; peek() != '"'; ++at_) {
      if (peek() == '\\') ++at_;
      if (peek() < 0 || peek() == '\n') return false;
      subsection_ += text_[at_];
    }
    ++at_;
    return true;
  }

  bool read_setting() {
    std::string key;
    while (is_name(peek())) key += small_letter(text_[at_++]);
    if (key.empty()) return false;
    while (is_blank(peek()) && !is_line_end()) ++at_;
    if (peek() < 0 || is_line_end()) {
      settings_.push_back({section_, subsection_, std::move(key), std::nullopt});
      return true;
    }
    if (peek() != '=') return false;
    ++at_;
    std::string value;
    if (!read_value(value)) return false;
    settings_.push_back({section_, subsection_, std::move(key), std::move(value)});
    return true;
  }

  bool read_value(std::string& value) {
    bool is_quoted = false;
    std::size_t kept = 0;  // blanks at the end are dropped unless they are quoted
    for (; peek() >= 0 && (is_quoted || !is_line_end()); ++at_) {
      const int c = peek();
      if (c == '\n') return false;
      if (!is_quoted && (c == '#' || c == ';')) {
        skip_line();
        break;
      }
      if (c == '"') {
        is_quoted = !is_quoted;
        kept = value.size();
        continue;
      }
      if (!is_quoted && is_blank(c)) {
        if (!value.empty()) value += static_cast<char>(c);
        continue;
      }
      if (c == '\\') {
        if (!read_escape(value)) return false;
      } else {
        value += static_cast<char>(c);
      }
      kept = value.size();
    }
    value.resize(kept);
    return !is_quoted;
  }

  // `at_` is at the backslash, and stays at the last character read.
  bool read_escape(std::string& value) {
    ++at_;
    if (is_line_end()) {
      if (peek() == '\r') ++at_;
      return true;  // the value goes on
    }
    switch (peek()) {
      case 'n':
        value += '\n';
        return true;
      case 't':
        value += '\t';
        return true;
      case 'b':
        value += '\b';
        return true;
      case '\\':
      case '"':
        value += text_[at_];
        return true;
      default:
        return false;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string section_;
  std::string subsection_;
  std::vector<GitSetting> settings_;
};

}  // namespace

std::vector<GitSetting> parse_git_config(std::string_view text) {
  return GitConfigParser(text).parse();
}

}  // namespace toolpost::project_index
