// SPDX-License-Identifier: Apache-2.0
// Equality of JSON values as JSON Schema means it (1 equals 1.0, the order of members does not
// matter), with its work metered: the values may be hostile.
#pragma once

#include "json/value.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace toolpost::json {

// Of a text that is read, for one step.
inline constexpr std::size_t kBytesPerStep = 64;

// Steps that are left. Spent once it has run out, it stays so.
class Budget {
 public:
  explicit Budget(std::uint64_t steps) : left_(steps) {}

  bool spend(std::uint64_t steps) {
    exhausted_ = exhausted_ || steps > left_;
    left_ = exhausted_ ? 0 : left_ - steps;
    return !exhausted_;
  }

  bool exhausted() const { return exhausted_; }

 private:
  std::uint64_t left_;
  bool exhausted_ = false;
};

// False also when the budget runs out, and then the budget says so.
bool equal(const Value& a, const Value& b, Budget& budget);

// The same for equal values.
std::uint64_t hash(const Value& value, Budget& budget);

// The positions of two equal items.
std::optional<std::pair<std::size_t, std::size_t>> find_duplicate(std::span<const Value> items,
                                                                  Budget& budget);

}  // namespace toolpost::json
