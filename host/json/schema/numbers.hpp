// SPDX-License-Identifier: Apache-2.0
// Arithmetic on JSON numbers of any two representations, without rounding one to fit the other.
#pragma once

#include "json/value.hpp"

#include <compare>

namespace toolpost::json {

// One past the largest std::int64_t and std::uint64_t.
inline constexpr double kTwo63 = 9223372036854775808.0;
inline constexpr double kTwo64 = 18446744073709551616.0;

// Every function here requires numbers.

std::strong_ordering compare_numbers(const Value& a, const Value& b) noexcept;

// 1.0 is an integer.
bool is_integer(const Value& number) noexcept;

// Of the decimal numbers that were written, not of their binary neighbours: 0.0075 is a multiple of
// 0.0001. `divisor` must be above zero.
bool is_multiple_of(const Value& number, const Value& divisor) noexcept;

}  // namespace toolpost::json
