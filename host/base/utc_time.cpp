// SPDX-License-Identifier: Apache-2.0
#include "base/utc_time.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace toolpost {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

// Reads a text of fixed fields from left to right; the first that does not fit spoils the rest.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  std::int64_t number(std::size_t digits, std::int64_t min, std::int64_t max) {
    std::int64_t value = 0;
    if (rest_.size() < digits) good_ = false;
    for (std::size_t i = 0; good_ && i < digits; ++i) {
      if (!is_digit(rest_[i])) good_ = false;
      value = 10 * value + (rest_[i] - '0');
    }
    if (!good_ || value < min || value > max) return fail();
    rest_.remove_prefix(digits);
    return value;
  }

  // One of these characters; which one.
  char one_of(std::string_view characters) {
    if (!good_ || rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) {
      return static_cast<char>(fail());
    }
    const char found = rest_.front();
    rest_.remove_prefix(1);
    return found;
  }

  void skip_fraction() {
    if (!good_ || !rest_.starts_with('.')) return;
    const auto end = std::find_if_not(rest_.begin() + 1, rest_.end(), is_digit);
    if (end == rest_.begin() + 1) good_ = false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.begin()));
  }

  bool is_good_and_done() const { return good_ && rest_.empty(); }

 private:
  std::int64_t fail() {
    good_ = false;
    return 0;
  }

  std::string_view rest_;
  bool good_ = true;
};

std::int64_t zone_offset(Fields& fields) {
  const char sign = fields.one_of("Zz+-");
  if (sign != '+' && sign != '-') return 0;
  std::int64_t offset = kHour * fields.number(2, 0, 23);
  fields.one_of(":");
  offset += kMinute * fields.number(2, 0, 59);
  return sign == '-' ? -offset : offset;
}

}  // namespace

std::optional<std::int64_t> parse_utc_time(std::string_view text) {
  namespace chrono = std::chrono;
  Fields fields{text};
  const chrono::year year{static_cast<int>(fields.number(4, 0, 9999))};
  fields.one_of("-");
  const chrono::month month{static_cast<unsigned>(fields.number(2, 1, 12))};
  fields.one_of("-");
  const chrono::day day{static_cast<unsigned>(fields.number(2, 1, 31))};
  fields.one_of("Tt");
  std::int64_t second = kHour * fields.number(2, 0, 23);
  fields.one_of(":");
  second += kMinute * fields.number(2, 0, 59);
  fields.one_of(":");
  second += std::min<std::int64_t>(fields.number(2, 0, 60), 59);
  fields.skip_fraction();
  second -= zone_offset(fields);
  const chrono::year_month_day date{year, month, day};
  if (!fields.is_good_and_done() || !date.ok()) return std::nullopt;
  return kDay * chrono::sys_days{date}.time_since_epoch().count() + second;
}

std::string to_utc_time(std::int64_t unix_seconds) {
  namespace chrono = std::chrono;
  const auto time = chrono::sys_seconds{chrono::seconds{unix_seconds}};
  const auto midnight = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date{midnight};
  const chrono::hh_mm_ss clock{time - midnight};
  std::array<char, 64> text{};
  const int size = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string to_utc_time_us(std::int64_t unix_microseconds) {
  constexpr std::int64_t kMicroseconds = 1'000'000;
  std::int64_t rest = unix_microseconds % kMicroseconds;
  if (rest < 0) rest += kMicroseconds;
  std::string text = to_utc_time((unix_microseconds - rest) / kMicroseconds);
  std::array<char, 16> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%06dZ", static_cast<int>(rest));
  text.pop_back();
  return text + fraction.data();
}

std::int64_t unix_us_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace toolpost
