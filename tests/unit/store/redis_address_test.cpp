// SPDX-License-Identifier: Apache-2.0
#include "store/redis_address.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using store::read_redis_url;

namespace {

std::string text(std::string_view url) {
  const auto address = read_redis_url(url);
  return address ? address->text() : "refused: " + address.error().message();
}

TEST_CASE("redis address: host, port and database, the last two with defaults") {
  CHECK(text("redis://cache.internal") == "redis://cache.internal:6379/0");
  CHECK(text("redis://127.0.0.1:7000") == "redis://127.0.0.1:7000/0");
  CHECK(text("redis://[::1]:7000/3") == "redis://[::1]:7000/3");
  CHECK(text("redis://[::1]") == "redis://[::1]:6379/0");
  CHECK(text("redis://cache/15") == "redis://cache:6379/15");
}

TEST_CASE("redis address: what is none is refused") {
  for (const char* url :
       {"", "cache:6379", "http://cache", "redis://", "redis://:7000",
        "redis://cache:", "redis://[::1", "redis://cache:0", "redis://cache:65536",
        "redis://cache:12x", "redis://cache/x", "redis://cache/-1", "redis://cache/",
        "redis://[::1]7000", "redis://cache/0/1"}) {
    CAPTURE(url);
    CHECK(text(url).starts_with("refused: "));
  }
  CHECK(text("rediss://cache").find("stunnel") != std::string::npos);
}

TEST_CASE("redis address: a password in the URL is refused, and not repeated") {
  const std::string said = text("redis://user:hunter2@cache:6379/0");
  CHECK(said.find("redis.password_file") != std::string::npos);
  CHECK(said.find("hunter2") == std::string::npos);
}

TEST_CASE("redis address: what leaves the machine is told from what does not") {
  for (const auto& one :
       {std::pair{"127.0.0.1", true}, std::pair{"::1", true}, std::pair{"127.9.9.9", true},
        std::pair{"192.0.2.1", false}, std::pair{"2001:db8::1", false}}) {
    CAPTURE(one.first);
    const auto found = store::resolve({.host = one.first});
    REQUIRE(found.has_value());
    REQUIRE(!found->empty());
    CHECK(found->front().is_loopback() == one.second);
  }
}

}  // namespace
