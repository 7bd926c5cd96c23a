// SPDX-License-Identifier: Apache-2.0
// A strict recursive-descent reader. Recursion is bounded by Json::kMaxDepth.
#include "utf8.hpp"

#include <toolpost/error.hpp>
#include <toolpost/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace toolpost::sdk {
namespace {

// The letter behind a backslash, and what it stands for at the same place.
constexpr std::string_view kEscapeLetters = "\"\\/bfnrt";
constexpr std::string_view kEscapeMeanings = "\"\\/\b\f\n\r\t";

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  Json read_document() {
    Json value = read_value(0);
    skip_space();
    if (at_ < text_.size()) fail("unexpected bytes after the value");
    return value;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(Status::kInvalid, "JSON at byte " + std::to_string(at_) + ": " + what);
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_space() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
  }

  bool consume(char expected) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != expected) return false;
    ++at_;
    return true;
  }

  Json read_value(std::size_t depth) {
    skip_space();
    switch (peek()) {
      case '{':
        return read_object(depth + 1);
      case '[':
        return read_array(depth + 1);
      case '"':
        return read_string();
      case 't':
        return read_word("true", true);
      case 'f':
        return read_word("false", false);
      case 'n':
        return read_word("null", nullptr);
      default:
        return read_number();
    }
  }

  Json read_word(std::string_view word, Json value) {
    if (text_.substr(at_, word.size()) != word) fail("a value was expected");
    at_ += word.size();
    return value;
  }

  void enter(std::size_t depth) {
    if (depth > Json::kMaxDepth) fail("nested deeper than " + std::to_string(Json::kMaxDepth));
    ++at_;
  }

  Json read_array(std::size_t depth) {
    enter(depth);
    JsonArray elements;
    if (consume(']')) return elements;
    do {
      elements.push_back(read_value(depth));
    } while (consume(','));
    if (!consume(']')) fail("',' or ']' was expected");
    return elements;
  }

  Json read_object(std::size_t depth) {
    enter(depth);
    JsonObject members;
    if (consume('}')) return members;
    do {
      skip_space();
      if (peek() != '"') fail("a member name was expected");
      std::string key = read_string();
      if (!consume(':')) fail("':' was expected");
      members.push_back({std::move(key), read_value(depth)});
    } while (consume(','));
    if (!consume('}')) fail("',' or '}' was expected");
    refuse_duplicates(members);
    return members;
  }

  // Sorting keeps this O(n log n): a hostile object with a million keys must not cost n².
  void refuse_duplicates(const JsonObject& members) const {
    std::vector<std::string_view> keys;
    keys.reserve(members.size());
    for (const JsonMember& member : members) keys.emplace_back(member.key);
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice != keys.end()) fail("member '" + std::string(*twice) + "' appears twice");
  }

  std::string read_string() {
    ++at_;
    std::string out;
    while (true) {
      if (at_ >= text_.size()) fail("the string does not end");
      const char character = text_[at_];
      if (character == '"') break;
      if (static_cast<unsigned char>(character) < 0x20) fail("control character in a string");
      if (character == '\\') {
        ++at_;
        append_escape(out);
        continue;
      }
      const std::size_t length = utf8_length_at(text_, at_);
      if (length == 0) fail("invalid UTF-8");
      out += text_.substr(at_, length);
      at_ += length;
    }
    ++at_;
    return out;
  }

  void append_escape(std::string& out) {
    const char letter = peek();
    ++at_;
    if (letter == 'u') {
      append_code_point(out, read_unicode_escape());
      return;
    }
    const std::size_t index = kEscapeLetters.find(letter);
    if (index == std::string_view::npos) fail("unknown escape");
    out += kEscapeMeanings[index];
  }

  unsigned read_hex4() {
    unsigned value = 0;
    const std::string_view digits = text_.substr(std::min(at_, text_.size()), 4);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 4 || parsed.ptr != digits.data() + 4)
      fail("four hex digits were expected");
    at_ += 4;
    return value;
  }

  unsigned read_unicode_escape() {
    const unsigned first = read_hex4();
    if (first < 0xD800 || first > 0xDFFF) return first;
    if (first > 0xDBFF || text_.substr(at_, 2) != "\\u") fail("unpaired surrogate");
    at_ += 2;
    const unsigned second = read_hex4();
    if (second < 0xDC00 || second > 0xDFFF) fail("unpaired surrogate");
    return 0x10000 + ((first - 0xD800) << 10U) + (second - 0xDC00);
  }

  static void append_code_point(std::string& out, unsigned point) {
    const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
    if (point < 0x80) {
      put(point);
    } else if (point < 0x800) {
      put(0xC0U | (point >> 6U));
      put(0x80U | (point & 0x3FU));
    } else if (point < 0x10000) {
      put(0xE0U | (point >> 12U));
      put(0x80U | ((point >> 6U) & 0x3FU));
      put(0x80U | (point & 0x3FU));
    } else {
      put(0xF0U | (point >> 18U));
      put(0x80U | ((point >> 12U) & 0x3FU));
      put(0x80U | ((point >> 6U) & 0x3FU));
      put(0x80U | (point & 0x3FU));
    }
  }

  std::size_t skip_digits() {
    const std::size_t start = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    return at_ - start;
  }

  // The grammar is checked here: from_chars alone takes "01", "1." and "inf".
  Json read_number() {
    const std::size_t start = at_;
    if (peek() == '-') ++at_;
    const bool leading_zero = peek() == '0';
    const std::size_t digits = skip_digits();
    if (digits == 0) fail("a value was expected");
    if (leading_zero && digits > 1) fail("a number with a leading zero");
    bool is_integer = true;
    if (peek() == '.') {
      is_integer = false;
      ++at_;
      if (skip_digits() == 0) fail("a digit was expected after '.'");
    }
    if (peek() == 'e' || peek() == 'E') {
      is_integer = false;
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (skip_digits() == 0) fail("a digit was expected in the exponent");
    }
    return number_from(text_.substr(start, at_ - start), is_integer);
  }

  Json number_from(std::string_view token, bool is_integer) const {
    const char* const end = token.data() + token.size();
    std::int64_t integer = 0;
    if (is_integer && std::from_chars(token.data(), end, integer).ec == std::errc{}) return integer;
    double number = 0;
    const auto parsed = std::from_chars(token.data(), end, number);
    // Out of range is both too large and too small; only the first is an error.
    if (parsed.ec == std::errc::result_out_of_range && !is_tiny(token))
      fail("a number out of range");
    return number;
  }

  static bool is_tiny(std::string_view token) {
    const std::size_t exponent = token.find_first_of("eE");
    return exponent != std::string_view::npos && token.substr(exponent + 1, 1) == "-";
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Json Json::parse(std::string_view text) {
  return JsonReader(text).read_document();
}

}  // namespace toolpost::sdk
