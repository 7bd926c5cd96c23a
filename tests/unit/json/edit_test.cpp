// SPDX-License-Identifier: Apache-2.0
#include "json/edit.hpp"

#include "json/named_text.hpp"
#include "json/raw.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace toolpost;

namespace {

std::string_view root_of(std::string_view text) {
  return json::raw_value_at(text, 0).text;
}

std::string added(const std::string& text, std::string_view value = R"({"a":[],"b":["x, y"]})") {
  return json::with_member(text, root_of(text), "new", value);
}

}  // namespace

TEST_CASE("json edit: a member is laid out like those beside it") {
  CHECK(added("{\n  \"a\": 1\n}\n") ==
        "{\n  \"a\": 1,\n  \"new\": {\n    \"a\": [],\n    \"b\": [\n      \"x, y\"\n    ]\n  "
        "}\n}\n");
  CHECK(added("{\r\n\t\"a\": 1\r\n}\r\n", "{\"b\":2}") ==
        "{\r\n\t\"a\": 1,\r\n\t\"new\": {\r\n\t\t\"b\": 2\r\n\t}\r\n}\r\n");
  CHECK(added("{\"a\":1}", "{\"b\":2}") == "{\"a\":1,\"new\":{\"b\":2}}");
  CHECK(added("{ \"a\": 1 }", "2") == "{ \"a\": 1, \"new\": 2 }");
  CHECK(added("{}", "2") == "{\n  \"new\": 2\n}");
}

TEST_CASE("json edit: comments and trailing commas stay where they are") {
  CHECK(added("{\n  \"a\": 1 // one\n  // \"b\": 2\n}", "3") ==
        "{\n  \"a\": 1, // one\n  // \"b\": 2\n  \"new\": 3\n}");
  CHECK(added("{\n  \"a\": 1, /* , */\n}", "3") == "{\n  \"a\": 1, /* , */\n  \"new\": 3,\n}");
  CHECK(added("{ // nothing yet\n}", "3") == "{ // nothing yet\n  \"new\": 3\n}");
}

TEST_CASE("json edit: what was added is taken out again, byte by byte") {
  for (const std::string text :
       {"{}", "{\"a\":1}", "{\"a\":1,}", "{ \"a\": 1, \"b\": [1,2] }", "{\n}", "{\n\t\"a\": 1\n}\n",
        "// first\n{\n  \"a\": 1, // one\n  /* two */\n}\n// last", "{\r\n    \"a\": {}\r\n}\r\n",
        "{\n  \"a\": \"}//,\\\"\" // , }\n}", "{ /* only this */ }", "{// x\n}",
        "{\n  \"a\": 1\n\n\n}"}) {
    CAPTURE(text);
    const std::string with = added(text);
    REQUIRE(json::parse(json::NamedText{"t", with}).has_value());
    REQUIRE(json::find_raw(root_of(with), "new").has_value());
    std::size_t count = 0;
    json::RawObject members{root_of(with)};
    for (json::RawMember member; members.next(member);) ++count;
    const std::string without = json::without_item(with, root_of(with), count - 1);
    CHECK(without == (text == "{\n}" ? "{}" : text == "{ /* only this */ }" ? without : text));
    CHECK(json::parse(json::NamedText{"t", without}).has_value());
  }
}

TEST_CASE("json edit: an item in the middle leaves its neighbours and all comments") {
  const std::string text =
      "{\n  // about a\n  \"a\": 1, // one\n  // about b\n  \"b\": 2, // two\n  \"c\": 3\n}";
  CHECK(json::without_item(text, root_of(text), 0) ==
        "{\n  // about a\n   // one\n  // about b\n  \"b\": 2, // two\n  \"c\": 3\n}");
  CHECK(json::without_item(text, root_of(text), 1) ==
        "{\n  // about a\n  \"a\": 1, // one\n  // about b\n   // two\n  \"c\": 3\n}");
  CHECK(json::without_item(text, root_of(text), 2) ==
        "{\n  // about a\n  \"a\": 1, // one\n  // about b\n  \"b\": 2 // two\n}");
  const std::string compact = "{\"a\": 1, \"b\": 2}";
  CHECK(json::without_item(compact, root_of(compact), 0) == "{\"b\": 2}");
  const std::string comment = "{\"a\": 1, // one\n\"b\": 2}";
  CHECK(json::without_item(comment, root_of(comment), 1) == "{\"a\": 1 // one\n}");
}

TEST_CASE("json edit: elements and values") {
  const std::string text = "{\n  \"list\": [\n    1\n  ],\n  \"x\": {\"y\": 1}\n}";
  const auto list = json::find_raw(root_of(text), "list");
  REQUIRE(list.has_value());
  CHECK(json::with_element(text, *list, "{\"z\":2}") ==
        "{\n  \"list\": [\n    1,\n    {\n      \"z\": 2\n    }\n  ],\n  \"x\": {\"y\": 1}\n}");
  CHECK(json::without_item(text, *list, 0) == "{\n  \"list\": [],\n  \"x\": {\"y\": 1}\n}");
  const auto x = json::find_raw(root_of(text), "x");
  REQUIRE(x.has_value());
  CHECK(json::with_value(text, *x, "{\"y\":2}") ==
        "{\n  \"list\": [\n    1\n  ],\n  \"x\": {\n    \"y\": 2\n  }\n}");
}
