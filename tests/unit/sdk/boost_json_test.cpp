// SPDX-License-Identifier: Apache-2.0
// The optional adapter for Boost.JSON.
#include <toolpost/boost_json.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>

namespace toolpost::sdk::test {

TEST_CASE("boost json: values go both ways") {
  const std::string text = R"({"n":null,"b":true,"i":-5,"d":1.5,"s":"\u00e9","a":[1,{"x":[]}]})";
  const Json value = Json::parse(text);
  CHECK(from_boost(to_boost(value)) == value);
  CHECK(from_boost(boost::json::parse(text)) == value);
  CHECK(from_boost(std::numeric_limits<std::uint64_t>::max()).kind() == Json::Kind::kDouble);
}

TEST_CASE("boost json: parsing names what was wrong") {
  CHECK(parse_boost_json("[1]", "arguments").as_array().size() == 1);
  CHECK_THROWS_AS(parse_boost_json("{", "arguments"), Error);
  CHECK_THROWS_AS(parse_boost_json(std::string(Json::kMaxDepth + 1, '['), "arguments"), Error);
}

TEST_CASE("boost json: a structured result") {
  const Result result = structured_result({{"n", 1}});
  CHECK(result.payload() == Result::structured(Json::object({{"n", 1}})).payload());
}

}  // namespace toolpost::sdk::test
