// SPDX-License-Identifier: Apache-2.0
#include "base/utc_time.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

TEST_CASE("utc time: RFC 3339 is read in every form it has") {
  CHECK(parse_utc_time("1970-01-01T00:00:00Z") == 0);
  CHECK(parse_utc_time("2026-01-31T12:00:00Z") == 1'769'860'800);
  CHECK(parse_utc_time("2026-01-31T12:00:00.999999z") == 1'769'860'800);
  CHECK(parse_utc_time("2026-01-31t13:00:00+01:00") == 1'769'860'800);
  CHECK(parse_utc_time("2026-01-31T04:30:00-07:30") == 1'769'860'800);
  CHECK(parse_utc_time("2024-02-29T00:00:00Z") == 1'709'164'800);
  CHECK(parse_utc_time("2016-12-31T23:59:60Z") == parse_utc_time("2016-12-31T23:59:59Z"));
}

TEST_CASE("utc time: anything else is nothing") {
  for (const char* text :
       {"", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31 12:00:00Z", "2026-02-30T12:00:00Z",
        "2026-13-01T12:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z",
        "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00Z ", "2026-01-31T12:00:00+01", "1769860800",
        "2026-1-31T12:00:00Z", "2026-01-31T12:00:00+24:00", "-026-01-31T12:00:00Z"}) {
    CHECK_MESSAGE(!parse_utc_time(text), text);
  }
}

TEST_CASE("utc time: what is written is read again") {
  CHECK(to_utc_time(1'769'860'800) == "2026-01-31T12:00:00Z");
  CHECK(to_utc_time(0) == "1970-01-01T00:00:00Z");
  CHECK(to_utc_time(-1) == "1969-12-31T23:59:59Z");
  CHECK(to_utc_time_us(1'769'860'800'000'250) == "2026-01-31T12:00:00.000250Z");
  CHECK(to_utc_time_us(-1) == "1969-12-31T23:59:59.999999Z");
  for (std::int64_t time = -5'000'000'000; time < 5'000'000'000; time += 86'399'111) {
    CHECK(parse_utc_time(to_utc_time(time)) == time);
  }
}
