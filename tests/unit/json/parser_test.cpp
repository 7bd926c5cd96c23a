// SPDX-License-Identifier: Apache-2.0
#include "json/parser.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace toolpost;

namespace {

std::string refusal(std::string_view text, const json::Limits& limits = {}) {
  const auto document = json::parse(text, limits);
  return document ? std::string{} : document.error().message();
}

}  // namespace

TEST_CASE("json parser: values come out as they went in") {
  const std::string text =
      R"({"i":-9223372036854775808,"u":18446744073709551615,"d":1.5,"s":"x\n\u00e4","a":[true,null]})";
  const auto document = json::parse(text);
  REQUIRE(document.has_value());
  const json::Value& root = document->root();
  CHECK(root.find("i")->as_int64() == INT64_MIN);
  CHECK(root.find("u")->as_uint64() == UINT64_MAX);
  CHECK(root.find("d")->as_double() == 1.5);
  CHECK(root.find("s")->as_string() == "x\n\xC3\xA4");
  CHECK(root.find("a")->items().size() == 2);
  CHECK(root.find("missing") == nullptr);
}

TEST_CASE("json parser: each thing that is not strict JSON is refused with its place") {
  struct Case {
    std::string_view text;
    std::string_view reason;
  };

  for (const Case& one :
       {Case{"", "incomplete"}, Case{"{} x", "extra data"},
        Case{R"({"a":1,"a":2})", "same key twice"},
        Case{R"({"method":1,"m\u0065thod":2})", "same key twice"}, Case{"1e999", "out of range"},
        Case{R"("\u0000")", "NUL"}, Case{"\"\xC3\x28\"", "syntax"}, Case{R"("\ud800")", "syntax"},
        Case{"NaN", "syntax"}, Case{"Infinity", "syntax"}, Case{"01", "extra"},
        Case{"[1,]", "syntax"}, Case{"{'a':1}", "syntax"}, Case{"// c\n1", "syntax"},
        Case{"\xEF\xBB\xBF{}", "syntax"}, Case{"\"a\nb\"", "syntax"}}) {
    CAPTURE(one.text);
    CHECK(refusal(one.text).find(one.reason) != std::string::npos);
    CHECK(refusal(one.text).find("at byte") != std::string::npos);
  }
}

TEST_CASE("json parser: duplicate keys are found in large objects too") {
  std::string text = "{";
  for (int i = 0; i < 100; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  CHECK(refusal(text + "\"z\":0}").empty());
  CHECK(refusal(text + "\"k50\":0}").find("same key twice") != std::string::npos);
}

TEST_CASE("json parser: depth, keys and values are bounded") {
  const json::Limits limits{.depth = 4, .members = 3, .elements = 10};
  CHECK(refusal("[[[[1]]]]", limits).empty());
  CHECK_FALSE(refusal("[[[[[1]]]]]", limits).empty());
  CHECK(refusal(R"({"a":1,"b":2,"c":3})", limits).empty());
  CHECK_FALSE(refusal(R"({"a":1,"b":2,"c":3,"d":4})", limits).empty());
  CHECK_FALSE(refusal("[1,2,3,4,5,6,7,8,9,10]", limits).empty());
}

TEST_CASE("json parser: many keys cost no more than sorting them") {
  // Keys that collide in Boost.JSON's own hash table made this take seconds.
  std::string text = "{";
  for (int i = 0; i < 60'000; ++i) {
    text += (i == 0 ? "\"" : ",\"") + std::to_string(1'000'000 + i) + "\":1";
  }
  text += "}";
  const json::Limits limits{.members = 100'000};
  CHECK(refusal(text, limits).empty());
  CHECK(refusal(text).find("too many keys") != std::string::npos);
}

TEST_CASE("json parser: a parser goes on after a failure") {
  json::Parser parser;
  CHECK_FALSE(parser.parse("{\"a\": tru").has_value());
  CHECK(parser.last_error().offset > 0);
  const auto document = parser.parse("[\"\\u0041\", \"b\"]");
  REQUIRE(document.has_value());
  CHECK(document->root().items()[0].as_string() == "A");
}

TEST_CASE("json parser: strings without escapes stay in the text, others are copied") {
  const std::string text = R"(["plain","es\"caped"])";
  const auto document = json::parse(text);
  REQUIRE(document.has_value());
  const std::string_view plain = document->root().items()[0].as_string();
  CHECK(plain.data() == text.data() + 2);
  CHECK(document->root().items()[1].as_string() == "es\"caped");
}
