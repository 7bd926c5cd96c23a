// SPDX-License-Identifier: Apache-2.0
// Points in time as people write them: RFC 3339 in UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost {

// Seconds since 1970 of "2026-01-31T12:00:00Z" or "2026-01-31T13:00:00.5+01:00"; fractions are cut
// off. Nothing when it is not RFC 3339, has no zone, or names a day that does not exist. A leap
// second is the last second of its minute.
std::optional<std::int64_t> parse_utc_time(std::string_view text);

// "2026-01-31T12:00:00Z". For years 0 to 9999.
std::string to_utc_time(std::int64_t unix_seconds);

// The same to the microsecond: "2026-01-31T12:00:00.000250Z".
std::string to_utc_time_us(std::int64_t unix_microseconds);

// "2026-01-31T12:00:00" of either; a text that is shorter is left as it is.
constexpr std::string_view without_fraction(std::string_view time) {
  return time.substr(0, std::string_view{"2026-01-31T12:00:00"}.size());
}

// Whether the first of two such texts is of an earlier second.
constexpr bool is_before(std::string_view time, std::string_view other) {
  return without_fraction(time) < without_fraction(other);
}

// Now, as the machine's clock says it.
std::int64_t unix_us_now();

}  // namespace toolpost
