// SPDX-License-Identifier: Apache-2.0
#include "config_changes.hpp"

#include "json/parser.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

TEST_CASE("config changes: what differs, key by key, and nothing else") {
  CHECK(config_changes(R"({"a":{"b":1,"c":[1,2]}})", R"({ "a": {"c":[1,2],"b":1} })").empty());
  CHECK(
      config_changes(R"({"http":{"port":8000},"x":true})", R"({"http":{"port":9000},"y":[]})") ==
      R"([{"key":"http.port","from":8000,"to":9000},{"key":"x","from":true},{"key":"y","to":[]}])");
}

TEST_CASE("config changes: bounded, and what does not fit is counted") {
  std::string many = "{";
  for (int i = 0; i < 5000; ++i) {
    many += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":" + std::to_string(i);
  }
  many += "}";
  const std::string changes = config_changes("{}", many);
  CHECK(changes.size() < 32 * 1024);
  CHECK(json::parse(changes).has_value());
  CHECK(changes.find("{\"more\":") != std::string::npos);
}
