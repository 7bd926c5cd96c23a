// SPDX-License-Identifier: Apache-2.0
#include "audit/clear_value.hpp"

#include "base/json_escape.hpp"
#include "base/redact.hpp"
#include "base/utf8.hpp"
#include "json/raw.hpp"

#include <algorithm>
#include <cstring>

namespace toolpost::audit {
namespace {

constexpr std::string_view kEllipsis = "…";
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxNumberBytes = 64;

class ClearValue {
 public:
  ClearValue(std::string& out, std::string_view json, std::size_t limit, std::string_view cut_mark)
      : out_(out), json_(json), begin_(out.size()), limit_(limit), cut_mark_(cut_mark) {}

  bool append() {
    while (at_ < json_.size() && !is_full_) token();
    while (!open_.empty()) {
      out_.push_back(open_.back());
      open_.pop_back();
    }
    return !is_cut_;
  }

 private:
  std::size_t room() const { return limit_ - std::min(limit_, out_.size() - begin_); }

  bool in_object() const { return !open_.empty() && open_.back() == '}'; }

  void token() {
    const char c = json_[at_];
    if (c == '"') {
      string();
    } else if (c == '{' || c == '[') {
      open_.push_back(c == '{' ? '}' : ']');
      is_secret_ = false;  // its own members say what they are
      is_key_ = c == '{';
      copy();
    } else if (c == '}' || c == ']') {
      open_.pop_back();
      copy();
    } else if (c == ',') {
      is_key_ = in_object();
      copy();
      if (room() == 0) stop();
    } else if (c == ':') {
      is_key_ = false;
      copy();
    } else if (std::strchr(" \t\r\n", c) != nullptr) {
      ++at_;
    } else {
      word();
    }
  }

  void copy() { out_.push_back(json_[at_++]); }

  // In the place of all the members or elements that follow.
  void stop() {
    if (in_object()) {
      append_json_string(out_, kEllipsis);
      out_.push_back(':');
    }
    append_json_string(out_, cut_mark_);
    is_cut_ = is_full_ = true;
  }

  void string() {
    std::size_t end = at_ + 1;
    while (end < json_.size() && json_[end] != '"') end += json_[end] == '\\' ? 2 : 1;
    end = std::min(end, json_.size());
    const std::string_view inside = json_.substr(at_ + 1, end - at_ - 1);
    at_ = std::min(end + 1, json_.size());
    if (inside.find('\\') == std::string_view::npos) {
      text(inside);
    } else {
      text(json::unescape(inside));
    }
  }

  void text(std::string_view text) {
    if (is_key_) {
      append_clear_name(out_, text, ++names_);
      is_secret_ = is_secret_name(text);
      return;
    }
    std::string scratch;
    const std::string_view clean = is_secret_ ? kRedacted : redacted(text, scratch);
    is_secret_ = false;
    const std::string_view shown = utf8_prefix(clean, room());
    append_json_string(out_, shown);
    if (shown.size() == clean.size()) return;
    is_cut_ = true;
    out_.pop_back();
    out_.append(kEllipsis);
    std::string mark;
    append_json_string(mark, cut_mark_);
    out_.append(mark, 1);
  }

  // A number, true, false or null.
  void word() {
    const std::size_t end = std::min(json_.find_first_of(",]} \t\r\n", at_), json_.size());
    const std::string_view word = json_.substr(at_, end - at_);
    at_ = end;
    if (is_secret_ && word != "true" && word != "false" && word != "null") {
      append_json_string(out_, kRedacted);
    } else if (word.size() <= kMaxNumberBytes) {
      out_.append(word);
    } else {
      append_json_string(out_, cut_mark_);
      is_cut_ = true;
    }
    is_secret_ = false;
  }

  std::string& out_;
  std::string_view json_;
  std::size_t begin_;
  std::size_t limit_;
  std::string_view cut_mark_;
  std::string
      open_{};  // what closes the containers that are open; short, as the parser bounds them
  std::size_t at_ = 0;
  std::size_t names_ = 0;
  bool is_key_ = false;
  bool is_secret_ = false;  // the value that comes next, by its name
  bool is_cut_ = false;
  bool is_full_ = false;
};

}  // namespace

bool append_clear_value(std::string& out, std::string_view json, std::size_t limit,
                        std::string_view cut_mark) {
  return ClearValue{out, json, limit, cut_mark}.append();
}

void append_clear_name(std::string& out, std::string_view name, std::size_t position) {
  std::string scratch;
  const std::string_view clean = redacted(name, scratch);
  const std::string_view shown = utf8_prefix(clean, kMaxNameBytes);
  // A name that has the mark itself must not pass for another one that was cut.
  const bool is_whole = shown == name && name.find(kEllipsis) == std::string_view::npos;
  append_json_string(out, shown);
  if (is_whole) return;
  out.pop_back();
  out.append(kEllipsis).append(std::to_string(position)).push_back('"');
}

}  // namespace toolpost::audit
