// SPDX-License-Identifier: Apache-2.0
#include "json/writer.hpp"

#include "json/parser.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace toolpost;

TEST_CASE("json writer: commas and nesting come by themselves") {
  std::string out;
  json::Writer writer{out};
  writer.begin_object().member("a", std::int64_t{1}).key("b").begin_array();
  writer.string("x").begin_object().end_object().null().boolean(true).end_array();
  writer.member("c", "y").key("d").raw("[1]").end_object();
  CHECK(out == R"({"a":1,"b":["x",{},null,true],"c":"y","d":[1]})");
  CHECK(json::parse(out).has_value());
}

TEST_CASE("json writer: numbers that JSON does not know are null") {
  for (const double number : {std::nan(""), std::numeric_limits<double>::infinity(), -HUGE_VAL}) {
    std::string out;
    json::append_number(out, number);
    CHECK(out == "null");
  }
  std::string out;
  json::append_number(out, 0.1);
  CHECK(out == "0.1");
}
