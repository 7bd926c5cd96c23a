// SPDX-License-Identifier: Apache-2.0
#include "json/raw.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace toolpost;

TEST_CASE("raw json: members are the slices of the text") {
  json::RawObject object{R"( { "a" : [1, {"b":"}"}] , "\u0062":"x\"y" , "c":null } )"};
  std::vector<std::pair<std::string, std::string>> seen;
  json::RawMember member;
  while (object.next(member)) seen.emplace_back(json::unescape(member.key), member.value);
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"a", R"([1, {"b":"}"}])"}, {"b", R"("x\"y")"}, {"c", "null"}};
  CHECK(seen == expected);
}

TEST_CASE("raw json: elements, empty containers and comments") {
  json::RawArray array{"[1, // one ]\n \"]\" , /* } */ {} ]"};
  std::vector<std::string> seen;
  std::string_view element;
  while (array.next(element)) seen.emplace_back(element);
  CHECK(seen == std::vector<std::string>{"1", "\"]\"", "{}"});
  json::RawObject empty{"{ }"};
  json::RawMember member;
  CHECK_FALSE(empty.next(member));
}

TEST_CASE("raw json: a key is found however it is escaped") {
  CHECK(json::find_raw(R"({"x":1,"m\u0065thod":2})", "method") == "2");
  CHECK_FALSE(json::find_raw(R"({"x":{"method":2}})", "method").has_value());
}

TEST_CASE("raw json: texts that were never accepted end without harm") {
  for (const std::string_view text :
       {"", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "[", "[1", "[\"\\", "{\"a\":[{", "nonsense",
        "{,}", "{\"a\":}", "/*", "//"}) {
    json::RawObject object{text};
    json::RawMember member;
    for (int i = 0; i < 10 && object.next(member); ++i) CHECK(member.value.size() <= text.size());
    json::RawArray array{text};
    std::string_view element;
    for (int i = 0; i < 10 && array.next(element); ++i) CHECK(element.size() <= text.size());
  }
}

TEST_CASE("raw json: line breaks between tokens go, those in strings are escapes and stay") {
  std::string out;
  json::append_on_one_line(out, "{\n\t\"a\": \"x\\ny\",\r\n \"b\":1}");
  CHECK(out == "{\"a\": \"x\\ny\", \"b\":1}");
}

TEST_CASE("raw json: compact text is the same for equal strings and space") {
  std::string out = "x";
  json::append_compact(out, "{ \"a\\u0062 c\" :\n[1.50 ,\t\"\\u00e4\\/\", true,{ } ] }");
  CHECK(out == "x{\"ab c\":[1.50,\"\xC3\xA4/\",true,{}]}");
  for (const std::string_view text : {"", "\"", "{\"a", "[\"\\"}) {
    json::append_compact(out, text);
  }
}
