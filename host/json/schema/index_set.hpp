// SPDX-License-Identifier: Apache-2.0
// A set of positions in an object or array: the members that some rule has evaluated, or the
// required names that were seen. Up to 64 positions need no allocation.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace toolpost::json {

class IndexSet {
 public:
  void insert(std::size_t index) {
    if (index < kInline) {
      first_ |= bit(index);
      return;
    }
    const std::size_t word = index / kInline - 1;
    if (word >= rest_.size()) rest_.resize(word + 1);
    rest_[word] |= bit(index);
  }

  void insert_all() { all_ = true; }

  void insert(const IndexSet& other) {
    all_ = all_ || other.all_;
    first_ |= other.first_;
    rest_.resize(std::max(rest_.size(), other.rest_.size()));
    for (std::size_t i = 0; i < other.rest_.size(); ++i) rest_[i] |= other.rest_[i];
  }

  bool contains(std::size_t index) const {
    if (all_) return true;
    if (index < kInline) return (first_ & bit(index)) != 0;
    const std::size_t word = index / kInline - 1;
    return word < rest_.size() && (rest_[word] & bit(index)) != 0;
  }

  // What a copy or a union of this costs, in words.
  std::size_t words() const { return rest_.size() + 1; }

 private:
  static constexpr std::size_t kInline = 64;

  static constexpr std::uint64_t bit(std::size_t index) {
    return std::uint64_t{1} << (index % kInline);
  }

  std::uint64_t first_ = 0;
  std::vector<std::uint64_t> rest_;
  bool all_ = false;
};

}  // namespace toolpost::json
