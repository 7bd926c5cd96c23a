// SPDX-License-Identifier: Apache-2.0
#include <toolpost/error.hpp>
#include <toolpost/json.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>

namespace toolpost::sdk::test {
namespace {

std::string again(std::string_view text) {
  return Json::parse(text).dump();
}

}  // namespace

TEST_CASE("json: what is read is written the same") {
  for (const char* text :
       {"null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", "1.5",
        "\"\"", "[]", "{}", R"([1,"two",null,[true]])", R"({"b":1,"a":{"c":[]}})",
        "\"\u00e9\u20ac\U0001F600\""}) {
    CHECK(again(text) == text);
  }
  CHECK(again(" \t\r\n[ 1 , 2 ] ") == "[1,2]");
  CHECK(again("1e2") == "100");
  CHECK(again("18446744073709551615") == "18446744073709551616");
  CHECK(again("1e-400") == "0");
}

TEST_CASE("json: escapes in both directions") {
  CHECK(Json::parse(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00\u0000")").as_string() ==
        std::string("\"\\/\b\f\n\r\tA\u00e9\U0001F600\0", 16));
  CHECK(Json(std::string("\0\x1f\x7f\"\\", 5)).dump() == "\"\\u0000\\u001f\x7f\\\"\\\\\"");
}

TEST_CASE("json: the reader refuses what is not JSON") {
  for (const char* text : {"",
                           " ",
                           "nul",
                           "True",
                           "01",
                           "-",
                           "-01",
                           "1.",
                           ".5",
                           "1e",
                           "1e+",
                           "+1",
                           "0x10",
                           "NaN",
                           "Infinity",
                           "1e400",
                           "-1e999",
                           "'a'",
                           "\"a",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"\\ud800\"",
                           "\"\\ud800\\u0041\"",
                           "\"\\udc00\"",
                           "\"a\nb\"",
                           "[",
                           "[1",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "{",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{\"a\":1 \"b\":2}",
                           "1 2",
                           "[]]",
                           "// c\n1",
                           "{\"a\":1,\"a\":2}",
                           "\xEF\xBB\xBF{}"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(Json::parse(text), Error);
  }
  CHECK_THROWS_AS(Json::parse(std::string_view("1\0", 2)), Error);
  CHECK_THROWS_WITH(Json::parse("{\"a\":tru}"), "JSON at byte 5: a value was expected");
  CHECK_THROWS_WITH(Json::parse(R"({"k":1,"k":2})"), "JSON at byte 13: member 'k' appears twice");
}

TEST_CASE("json: the reader refuses invalid UTF-8") {
  for (const char* text : {"\"\x80\"", "\"\xC0\x80\"", "\"\xC1\xBF\"", "\"\xE0\x80\x80\"",
                           "\"\xED\xA0\x80\"", "\"\xF0\x80\x80\x80\"", "\"\xF4\x90\x80\x80\"",
                           "\"\xF8\x88\x80\x80\x80\"", "\"\xE2\x82\"", "\"\xFF\""}) {
    CHECK_THROWS_AS(Json::parse(text), Error);
  }
}

TEST_CASE("json: depth is bounded") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK_NOTHROW(Json::parse(nested(Json::kMaxDepth)));
  CHECK_THROWS_AS(Json::parse(nested(Json::kMaxDepth + 1)), Error);
  CHECK_THROWS_AS(Json::parse(std::string(1000000, '[')), Error);
}

TEST_CASE("json: what is written is valid whatever the value holds") {
  CHECK(Json("a\xFFz").dump() == "\"a\xEF\xBF\xBDz\"");
  CHECK(Json("\xED\xA0\x80").dump() == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  CHECK(Json(std::numeric_limits<double>::infinity()).dump() == "null");
  CHECK(Json(std::numeric_limits<double>::quiet_NaN()).dump() == "null");
  CHECK(Json(std::numeric_limits<std::uint64_t>::max()).kind() == Json::Kind::kDouble);
}

TEST_CASE("json: access by kind") {
  const Json value = Json::object({{"n", 3}, {"d", 2.0}, {"s", "x"}, {"b", true}});
  CHECK(value.at("n").as_integer() == 3);
  CHECK(value.at("d").as_integer() == 2);
  CHECK(value.at("n").as_double() == 3.0);
  CHECK(value["missing"].is_null());
  CHECK(value.value_or("n", 9) == 3);
  CHECK(value.value_or("missing", 9) == 9);
  CHECK(value.value_or("s", "y") == "x");
  CHECK(value.value_or("missing", "y") == "y");
  CHECK(value.value_or("b", false));
  CHECK(value.value_or("missing", 0.5) == 0.5);
  CHECK_THROWS_WITH(value.at("missing"), "JSON: member 'missing' is missing");
  CHECK_THROWS_WITH(value.at("s").as_integer(),
                    "JSON: a whole number was expected, found a string");
  CHECK_THROWS_AS(Json(1.5).as_integer(), Error);
  CHECK_THROWS_AS(Json(9223372036854775808.0).as_integer(), Error);
  CHECK_THROWS_AS(value.value_or("s", 1), Error);
}

TEST_CASE("json: change and comparison") {
  Json value;
  value.set("a", 1).set("b", Json::array({1, 2})).set("a", 2);
  CHECK(value.dump() == R"({"a":2,"b":[1,2]})");
  CHECK(value == Json::parse(R"({"b":[1,2],"a":2})"));
  CHECK(value != Json::parse(R"({"b":[2,1],"a":2})"));
  CHECK_THROWS_AS(value.push_back(1), Error);
  CHECK_THROWS_AS(Json("text").set("a", 1), Error);
}

}  // namespace toolpost::sdk::test
