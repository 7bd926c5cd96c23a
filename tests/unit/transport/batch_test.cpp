// SPDX-License-Identifier: Apache-2.0
#include "transport/batch.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

TEST_CASE("batch: messages come out as they went in, within bounds") {
  json::Parser parser;
  const auto split = [&](std::string_view text) {
    return transport::split_batch(text, parser, {});
  };
  CHECK(transport::is_batch(" \n[1]"));
  CHECK_FALSE(transport::is_batch("{}"));
  const auto two = split(R"([{"a":1}, {"b":[2]}])");
  REQUIRE(two.has_value());
  CHECK(*two == std::vector<std::string>{R"({"a":1})", R"({"b":[2]})"});
  CHECK_FALSE(split("[]").has_value());
  CHECK_FALSE(split("[1").has_value());
  std::string many = "[0";
  for (std::size_t i = 0; i < transport::kMaxBatch; ++i) many += ",0";
  CHECK_FALSE(split(many + "]").has_value());
}

TEST_CASE("batch: the answer comes once, when the last part is answered or let go") {
  std::vector<std::string> done;
  auto batch = std::make_shared<transport::BatchAnswer>(
      [&](std::string json) { done.push_back(std::move(json)); });
  auto first = batch->part();
  auto second = batch->part();
  batch->part()->answer({200, "1", 0});
  CHECK_FALSE(batch->all_given());
  CHECK(done.empty());
  first->answer({200, "2", 0});
  first.reset();
  CHECK(done.empty());
  second.reset();
  CHECK(done == std::vector<std::string>{"[1,2]"});
}

TEST_CASE("batch: without requests there is nothing to wait for") {
  auto batch =
      std::make_shared<transport::BatchAnswer>([](const std::string&) { FAIL("answered"); });
  CHECK(batch->all_given());
}
