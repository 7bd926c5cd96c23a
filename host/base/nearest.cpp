// SPDX-License-Identifier: Apache-2.0
#include "base/nearest.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace toolpost {
namespace {

// Longer words come from no table of ours; comparing them would only cost time.
constexpr std::size_t kMaxWord = 128;
constexpr std::size_t kMinPrefix = 3;

}  // namespace

std::size_t edit_distance(std::string_view left, std::string_view right) {
  const std::string a = to_lower(left);
  const std::string b = to_lower(right);
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> names) {
  if (word.empty() || word.size() > kMaxWord) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t best_distance = kMaxWord;
  for (const std::string_view name : names) {
    const std::size_t distance = edit_distance(word, name);
    const std::size_t tolerated = std::max<std::size_t>(1, std::max(word.size(), name.size()) / 3);
    if (distance > tolerated || distance >= best_distance) continue;
    best = name;
    best_distance = distance;
  }
  if (best || word.size() < kMinPrefix) return best;
  const std::string start = to_lower(word);
  const auto longer = std::find_if(names.begin(), names.end(), [&](std::string_view name) {
    return to_lower(name).starts_with(start);
  });
  return longer == names.end() ? best : *longer;
}

}  // namespace toolpost
