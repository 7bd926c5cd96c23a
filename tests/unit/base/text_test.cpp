// SPDX-License-Identifier: Apache-2.0
#include "base/base64.hpp"
#include "base/json_escape.hpp"
#include "base/nearest.hpp"
#include "base/utf8.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace toolpost;

TEST_CASE("base64: what is encoded decodes to the same bytes") {
  for (const std::string_view bytes : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    std::string text;
    append_base64(text, bytes);
    CHECK(decode_base64(text) == std::string{bytes});
  }
}

TEST_CASE("base64: only the canonical form is read") {
  CHECK(decode_base64("Zm9v") == "foo");
  for (const std::string_view text :
       {"Zm9", "Zm9=", "Zh==", "Zm9v\n", "Zm 9", "====", "Zg=a", "-_-_"}) {
    CAPTURE(text);
    CHECK_FALSE(decode_base64(text).has_value());
  }
}

TEST_CASE("base64url: no padding, and characters that need no escape in a URL") {
  std::string text;
  append_base64url(text, "\xff\xef\xbf\xfe");
  CHECK(text == "_--__g");
  CHECK(decode_base64url(text) == "\xff\xef\xbf\xfe");
  for (const std::string_view other : {"_--__g==", "/++//g", "_--__h", "_"}) {
    CAPTURE(other);
    CHECK_FALSE(decode_base64url(other).has_value());
  }
}

TEST_CASE("utf8: overlong forms, surrogates and cut sequences are invalid") {
  CHECK(is_utf8("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"));
  for (const std::string_view text : {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80",
                                      "\xF4\x90\x80\x80", "\xC3", "\xE2\x82", "\x80", "\xFF"}) {
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("json escape: what steers a terminal or breaks a line is no longer in the text") {
  std::string out;
  append_json_string(out,
                     "\xC2\x9B"
                     "2J\xE2\x80\xA8\xC2\xA0\xE2\x82\xAC");
  CHECK(out == "\"\\u009b2J\\u2028\xC2\xA0\xE2\x82\xAC\"");
}

TEST_CASE("json escape: nothing leaves the line and everything stays valid") {
  std::string out;
  append_json_string(out, std::string_view{"a\"\\\n\x01\x7F\0b\xFF", 9});
  CHECK(out == "\"a\\\"\\\\\\n\\u0001\\u007f\\u0000b\xEF\xBF\xBD\"");
}
