// SPDX-License-Identifier: Apache-2.0
// Slices of a JSON text that Parser has already accepted, without parsing it again: the bytes of a
// member are handed on as they came. On a text that was not accepted the result is unspecified, but
// nothing outside it is read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::json {

// The text of one value that starts at or after `at` (space and comments are skipped), and where it
// ends.
struct RawValue {
  std::string_view text;
  std::size_t end = 0;
};

RawValue raw_value_at(std::string_view text, std::size_t at);

struct RawMember {
  std::string_view key;    // what stands between the quotes, escapes and all
  std::string_view value;  // without surrounding space
};

// Walks the members of the object that `text` holds.
class RawObject {
 public:
  explicit RawObject(std::string_view text);
  // False after the last member.
  bool next(RawMember& member);

 private:
  std::string_view text_;
  std::size_t at_;
};

// Walks the elements of the array that `text` holds.
class RawArray {
 public:
  explicit RawArray(std::string_view text);
  bool next(std::string_view& element);

 private:
  std::string_view text_;
  std::size_t at_;
};

// The text of the member of that name; the comparison is done after unescaping.
std::optional<std::string_view> find_raw(std::string_view object, std::string_view key);

// What a raw key or the inside of a raw string says, unescaped.
std::string unescape(std::string_view inside_quotes);

// Appends an accepted text with all line breaks and tabs between its tokens removed, so that it
// fits on a line. Inside strings they cannot stand unescaped.
void append_on_one_line(std::string& out, std::string_view text);

// Appends an accepted text without comments with no space between its tokens and every string
// escaped in the same way. Numbers and the order of members stay as they are.
void append_compact(std::string& out, std::string_view text);

}  // namespace toolpost::json
