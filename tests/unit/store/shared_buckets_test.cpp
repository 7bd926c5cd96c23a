// SPDX-License-Identifier: Apache-2.0
// What is asked, and that no answer is believed that a bucket cannot have. What the script itself
// does, tests/store/redis_faults.py tries with a Redis.
#include "store/shared_buckets.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using store::BucketUse;
using store::Reply;

namespace {

struct Scripted final : store::Store {
  Result<Reply> ask(store::Words words) override {
    asked.assign(words.begin(), words.end());
    return reply;
  }

  Reply reply;
  std::vector<std::string> asked;
};

const std::vector<BucketUse> kTwo = {{.key = "a", .spent = 3, .per_minute = 60, .burst = 10},
                                     {.key = "b", .spent = 1, .per_minute = 600, .burst = 5}};

// What is made of this answer about kTwo; empty: an error.
std::vector<double> left_of(std::string text, Reply::Kind kind = Reply::Kind::kText) {
  Scripted store;
  store.reply = {.kind = kind, .text = std::move(text)};
  const auto left = store::take_from_buckets(store, kTwo);
  return left ? *left : std::vector<double>{};
}

TEST_CASE("shared buckets: keys and numbers are arguments, and never part of the script") {
  Scripted store;
  store.reply = {.kind = Reply::Kind::kText, .text = "7.000000 -2.500000"};
  const auto left = store::take_from_buckets(store, kTwo);
  REQUIRE(left.has_value());
  CHECK(*left == std::vector<double>{7, -2.5});
  REQUIRE(store.asked.size() == 13);
  CHECK(store.asked[0] == "EVAL");
  const std::string script = store.asked[1];
  const std::vector<std::string> rest{store.asked.begin() + 2, store.asked.end()};
  CHECK(rest == std::vector<std::string>{"2", "a", "b", "3.000000", "60.000000", "10.000000",
                                         "60.000000", "1.000000", "600.000000", "5.000000",
                                         "600.000000"});
  const std::vector<BucketUse> odd = {{.key = "') redis.call('FLUSHALL') --"}};
  store.reply.text = "0";
  CHECK(store::take_from_buckets(store, odd).has_value());
  CHECK(store.asked[1] == script);
}

TEST_CASE("shared buckets: nothing to tell is not told") {
  Scripted store;
  const auto left = store::take_from_buckets(store, {});
  REQUIRE(left.has_value());
  CHECK(left->empty());
  CHECK(store.asked.empty());
}

TEST_CASE("shared buckets: an answer is a number for each bucket that it can have, or none") {
  CHECK(left_of("10 5").size() == 2);
  CHECK(left_of("-60 -600").size() == 2);
  for (const char* text :
       {"", "1", "1 ", "1 2 ", "1 2 3", " 1 2", "1  2", "1,2", "10.1 1", "1 5.5", "-61 1", "nan 1",
        "1 nan", "inf 1", "-inf 1", "1e3 1", "0x1 1", "1 2\n", "a b"}) {
    CAPTURE(text);
    CHECK(left_of(text).empty());
  }
  CHECK(left_of("1 2", Reply::Kind::kNumber).empty());
  CHECK(left_of("1 2", Reply::Kind::kNothing).empty());
}

}  // namespace
