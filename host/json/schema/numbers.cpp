// SPDX-License-Identifier: Apache-2.0
#include "json/schema/numbers.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace toolpost::json {
namespace {

__extension__ using Wide = unsigned __int128;

std::strong_ordering order(double a, double b) {
  if (a < b) return std::strong_ordering::less;
  return a > b ? std::strong_ordering::greater : std::strong_ordering::equal;
}

// `fraction` decides when the whole parts are the same.
template <class Integer>
std::strong_ordering compare_parts(Integer a, Integer whole, double fraction) {
  return a != whole ? a <=> whole : order(0.0, fraction);
}

std::strong_ordering compare(std::int64_t a, double b) {
  if (b >= kTwo63) return std::strong_ordering::less;
  if (b < -kTwo63) return std::strong_ordering::greater;
  const double whole = std::trunc(b);
  return compare_parts(a, static_cast<std::int64_t>(whole), b - whole);
}

std::strong_ordering compare(std::uint64_t a, double b) {
  if (b >= kTwo64) return std::strong_ordering::less;
  if (b < 0) return std::strong_ordering::greater;
  const double whole = std::trunc(b);
  return compare_parts(a, static_cast<std::uint64_t>(whole), b - whole);
}

std::strong_ordering compare(std::int64_t a, std::uint64_t b) {
  return a < 0 ? std::strong_ordering::less : static_cast<std::uint64_t>(a) <=> b;
}

std::strong_ordering reversed(std::strong_ordering ordering) {
  if (std::is_eq(ordering)) return ordering;
  return std::is_lt(ordering) ? std::strong_ordering::greater : std::strong_ordering::less;
}

std::strong_ordering compare_to_int64(std::int64_t a, const Value& b) {
  if (b.type() == Type::kInt64) return a <=> b.as_int64();
  return b.type() == Type::kUint64 ? compare(a, b.as_uint64()) : compare(a, b.as_double());
}

std::strong_ordering compare_to_uint64(std::uint64_t a, const Value& b) {
  if (b.type() == Type::kUint64) return a <=> b.as_uint64();
  return b.type() == Type::kInt64 ? reversed(compare(b.as_int64(), a)) : compare(a, b.as_double());
}

// digits * 10^exponent without trailing zeros in digits; the sign is dropped.
struct Decimal {
  std::uint64_t digits = 0;
  int exponent = 0;
};

Decimal without_trailing_zeros(Decimal decimal) {
  while (decimal.digits != 0 && decimal.digits % 10 == 0) {
    decimal.digits /= 10;
    ++decimal.exponent;
  }
  return decimal;
}

// The shortest decimal that reads back as this double: what was written, up to 17 digits.
Decimal to_decimal(double number) {
  char text[32];
  const auto written =
      std::to_chars(text, text + sizeof text, std::fabs(number), std::chars_format::scientific);
  Decimal decimal;
  const char* at = text;
  bool fraction = false;
  for (; at != written.ptr && *at != 'e'; ++at) {
    if (*at == '.') {
      fraction = true;
      continue;
    }
    decimal.digits = decimal.digits * 10 + static_cast<std::uint64_t>(*at - '0');
    if (fraction) --decimal.exponent;
  }
  int exponent = 0;
  if (at != written.ptr) {
    ++at;
    if (*at == '+') ++at;
    std::from_chars(at, written.ptr, exponent);
  }
  decimal.exponent += exponent;
  return without_trailing_zeros(decimal);
}

Decimal to_decimal(const Value& number) {
  if (number.type() == Type::kDouble) return to_decimal(number.as_double());
  if (number.type() == Type::kUint64) return without_trailing_zeros({number.as_uint64(), 0});
  const auto bits = static_cast<std::uint64_t>(number.as_int64());
  return without_trailing_zeros({number.as_int64() < 0 ? 0 - bits : bits, 0});
}

}  // namespace

std::strong_ordering compare_numbers(const Value& a, const Value& b) noexcept {
  if (a.type() == Type::kInt64) return compare_to_int64(a.as_int64(), b);
  if (a.type() == Type::kUint64) return compare_to_uint64(a.as_uint64(), b);
  if (b.type() == Type::kInt64) return reversed(compare(b.as_int64(), a.as_double()));
  if (b.type() == Type::kUint64) return reversed(compare(b.as_uint64(), a.as_double()));
  return order(a.as_double(), b.as_double());
}

bool is_integer(const Value& number) noexcept {
  return number.type() != Type::kDouble || std::trunc(number.as_double()) == number.as_double();
}

bool is_multiple_of(const Value& number, const Value& divisor) noexcept {
  const Decimal n = to_decimal(number);
  const Decimal d = to_decimal(divisor);
  if (n.digits == 0) return true;
  // n.digits has no factor ten left that a smaller exponent could use up.
  if (n.exponent < d.exponent) return false;
  Wide rest = n.digits % d.digits;
  for (int i = n.exponent - d.exponent; i > 0 && rest != 0; --i) rest = rest * 10 % d.digits;
  return rest == 0;
}

}  // namespace toolpost::json
