// SPDX-License-Identifier: Apache-2.0
#include "redis_setup.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

TEST_CASE("redis setup: without a URL there is none") {
  const auto options = redis_options(config::Config{});
  REQUIRE(options.has_value());
  CHECK_FALSE(options->has_value());
}

TEST_CASE("redis setup: what the keys say reaches the client") {
  config::Config config;
  config.redis.url = "redis://cache.internal:7000/2";
  config.redis.username = "tool";
  config.redis.password = Secret{"hunter2"};
  config.redis.deadline_ms = 7;
  config.redis.connections = 3;
  const auto options = redis_options(config);
  REQUIRE(options.has_value());
  REQUIRE(options->has_value());
  const store::RedisOptions& given = **options;
  CHECK(given.address.text() == "redis://cache.internal:7000/2");
  CHECK(given.login.username == "tool");
  CHECK(given.login.password.reveal() == "hunter2");
  CHECK(given.login.database == 2);
  CHECK(given.deadline == std::chrono::milliseconds{7});
  CHECK(given.connections == 3);
}

TEST_CASE("redis setup: an error names the key and where it stands") {
  config::Config config;
  config.redis.url = "redis://cache:99999";
  config.origins["redis.url"] = "toolpost.json:3:5";
  const auto port = redis_options(config);
  REQUIRE_FALSE(port.has_value());
  CHECK(port.error().message().starts_with("toolpost.json:3:5: redis.url: "));
  config.redis.url = "redis://cache";
  config.redis.username = "tool";
  const auto user = redis_options(config);
  REQUIRE_FALSE(user.has_value());
  CHECK(user.error().message().starts_with("redis.username: "));
}
