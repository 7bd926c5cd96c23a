// SPDX-License-Identifier: Apache-2.0
#include "audit/login_failures.hpp"

#include <doctest/doctest.h>

using toolpost::audit::LoginFailures;

TEST_CASE("login failures: the first of an address is recorded, the rest of its minute counted") {
  constexpr std::int64_t kStart = 1'000'000'000;
  LoginFailures failures;
  CHECK(failures.count("192.0.2.1", "wrong", kStart) ==
        R"({"address":"192.0.2.1","reason":"wrong","count":1})");
  for (int i = 1; i <= 1000; ++i) CHECK(failures.count("192.0.2.1", "wrong", kStart + i).empty());
  CHECK_FALSE(failures.count("192.0.2.1", "missing", kStart).empty());
  CHECK_FALSE(failures.count("192.0.2.2", "wrong", kStart).empty());
  CHECK(failures.due(kStart + LoginFailures::kWindowUs - 1).empty());
  const auto records = failures.due(kStart + LoginFailures::kWindowUs);
  REQUIRE(records.size() == 1);
  CHECK(
      records[0] ==
      R"({"address":"192.0.2.1","reason":"wrong","count":1000,"since":"1970-01-01T00:16:40.000001Z"})");
  CHECK(failures.empty());
}

TEST_CASE("login failures: addresses beyond the bound are counted together, and nothing is lost") {
  LoginFailures failures;
  std::size_t recorded = 0;
  constexpr std::size_t kAll = LoginFailures::kMaxAddresses + 500;
  for (std::size_t i = 0; i < kAll; ++i) {
    recorded += failures.count("a" + std::to_string(i), "wrong", 1).empty() ? 0 : 1;
  }
  CHECK(recorded == LoginFailures::kMaxAddresses + 1);
  const auto rest = failures.rest();
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].find(R"("address":"others","reason":"wrong","count":499)") != std::string::npos);
}
