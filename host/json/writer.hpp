// SPDX-License-Identifier: Apache-2.0
// Writes JSON into a string the caller owns. Whatever goes in, what comes out is valid JSON on one
// line: text is escaped, invalid UTF-8 becomes U+FFFD, and a number that JSON cannot say is null.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace toolpost::json {

void append_number(std::string& out, double number);

// Commas and colons come by themselves; the caller pairs begin and end.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);
  Writer& string(std::string_view text);
  Writer& integer(std::int64_t number);
  Writer& number(double number);
  Writer& boolean(bool value);
  Writer& null();
  // `json` must be valid JSON without line breaks.
  Writer& raw(std::string_view json);

  Writer& member(std::string_view name, std::string_view text) { return key(name).string(text); }

  Writer& member(std::string_view name, const char* text) { return key(name).string(text); }

  Writer& member(std::string_view name, std::int64_t value) { return key(name).integer(value); }

  Writer& member(std::string_view name, bool value) { return key(name).boolean(value); }

 private:
  void separate();

  std::string& out_;
  bool comma_ = false;
};

}  // namespace toolpost::json
