// SPDX-License-Identifier: Apache-2.0
#include "json/schema/equal.hpp"

#include "json/schema/numbers.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <string_view>

namespace toolpost::json {
namespace {

constexpr std::uint32_t kDepth = 512;
// Below this, looking a key up by comparison beats sorting.
constexpr std::size_t kFewMembers = 16;
constexpr std::size_t kFewItems = 8;

std::uint64_t mix(std::uint64_t hash, std::uint64_t part) {
  hash = (hash ^ part) * 0x9E3779B97F4A7C15U;
  return hash ^ (hash >> 29);
}

std::vector<const Member*> by_key(std::span<const Member> members) {
  std::vector<const Member*> sorted;
  sorted.reserve(members.size());
  for (const Member& member : members) sorted.push_back(&member);
  std::sort(sorted.begin(), sorted.end(),
            [](const Member* a, const Member* b) { return a->key < b->key; });
  return sorted;
}

class Comparison {
 public:
  explicit Comparison(Budget& budget) : budget_(budget) {}

  bool equal(const Value& a, const Value& b, std::uint32_t depth) {
    if (!budget_.spend(1) || !within(depth)) return false;
    if (a.is_number() && b.is_number()) return std::is_eq(compare_numbers(a, b));
    if (a.type() != b.type()) return false;
    switch (a.type()) {
      case Type::kBool:
        return a.as_bool() == b.as_bool();
      case Type::kString:
        return budget_.spend(a.as_string().size() / kBytesPerStep) &&
               a.as_string() == b.as_string();
      case Type::kArray:
        return equal_arrays(a.items(), b.items(), depth);
      case Type::kObject:
        return equal_objects(a, b, depth);
      default:
        return true;
    }
  }

  std::uint64_t hash(const Value& value, std::uint32_t depth) {
    if (!budget_.spend(1) || !within(depth)) return 0;
    switch (value.type()) {
      case Type::kNull:
        return 1;
      case Type::kBool:
        return value.as_bool() ? 2 : 3;
      case Type::kString:
        budget_.spend(value.as_string().size() / kBytesPerStep);
        return mix(4, std::hash<std::string_view>{}(value.as_string()));
      case Type::kArray: {
        std::uint64_t sum = 5;
        for (const Value& item : value.items()) sum = mix(sum, hash(item, depth + 1));
        return sum;
      }
      case Type::kObject: {
        // Addition, because the order of members does not count.
        std::uint64_t sum = 6;
        for (const Member& member : value.members()) {
          budget_.spend(member.key.size() / kBytesPerStep);
          sum += mix(std::hash<std::string_view>{}(member.key), hash(member.value, depth + 1));
        }
        return mix(7, sum);
      }
      default:
        return hash_number(value);
    }
  }

 private:
  bool within(std::uint32_t depth) {
    return depth < kDepth || budget_.spend(static_cast<std::uint64_t>(-1));
  }

  bool equal_arrays(std::span<const Value> a, std::span<const Value> b, std::uint32_t depth) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!equal(a[i], b[i], depth + 1)) return false;
    }
    return true;
  }

  bool equal_objects(const Value& a, const Value& b, std::uint32_t depth) {
    const std::size_t size = a.members().size();
    if (size != b.members().size() || !budget_.spend(size)) return false;
    if (size <= kFewMembers) {
      for (const Member& member : a.members()) {
        const Value* other = b.find(member.key);
        if (other == nullptr || !equal(member.value, *other, depth + 1)) return false;
      }
      return true;
    }
    const auto sorted_a = by_key(a.members());
    const auto sorted_b = by_key(b.members());
    for (std::size_t i = 0; i < size; ++i) {
      if (sorted_a[i]->key != sorted_b[i]->key) return false;
      if (!equal(sorted_a[i]->value, sorted_b[i]->value, depth + 1)) return false;
    }
    return true;
  }

  static std::uint64_t hash_number(const Value& value) {
    if (value.type() == Type::kInt64) return mix(8, static_cast<std::uint64_t>(value.as_int64()));
    if (value.type() == Type::kUint64) return mix(8, value.as_uint64());
    const double number = value.as_double();
    if (is_integer(value) && number >= -kTwo63 && number < kTwo63) {
      return mix(8, static_cast<std::uint64_t>(static_cast<std::int64_t>(number)));
    }
    if (is_integer(value) && number >= kTwo63 && number < kTwo64) {
      return mix(8, static_cast<std::uint64_t>(number));
    }
    return mix(9, std::bit_cast<std::uint64_t>(number));
  }

  Budget& budget_;
};

std::optional<std::pair<std::size_t, std::size_t>> find_pairwise(std::span<const Value> items,
                                                                 Budget& budget) {
  for (std::size_t i = 1; i < items.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (equal(items[j], items[i], budget)) return std::pair{j, i};
    }
  }
  return std::nullopt;
}

}  // namespace

bool equal(const Value& a, const Value& b, Budget& budget) {
  return Comparison{budget}.equal(a, b, 0);
}

std::uint64_t hash(const Value& value, Budget& budget) {
  return Comparison{budget}.hash(value, 0);
}

std::optional<std::pair<std::size_t, std::size_t>> find_duplicate(std::span<const Value> items,
                                                                  Budget& budget) {
  if (items.size() <= kFewItems) return find_pairwise(items, budget);
  std::vector<std::pair<std::uint64_t, std::size_t>> hashes;
  hashes.reserve(items.size());
  for (std::size_t i = 0; i < items.size() && !budget.exhausted(); ++i) {
    hashes.emplace_back(hash(items[i], budget), i);
  }
  std::sort(hashes.begin(), hashes.end());
  // Hashes can be made to collide; the budget bounds what that costs.
  for (std::size_t i = 1; i < hashes.size() && !budget.exhausted(); ++i) {
    for (std::size_t j = i; j-- > 0 && hashes[j].first == hashes[i].first;) {
      if (equal(items[hashes[j].second], items[hashes[i].second], budget)) {
        return std::pair{hashes[j].second, hashes[i].second};
      }
      if (budget.exhausted()) break;
    }
  }
  return std::nullopt;
}

}  // namespace toolpost::json
