// SPDX-License-Identifier: Apache-2.0
#include "audit/proven.hpp"

#include "audit/member.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace toolpost::audit {
namespace {

using Taker = std::function<bool(const Line& line, std::string_view text)>;

// False when somebody wants no more.
bool hand_on(const std::vector<std::pair<Line, std::string_view>>& proven, const Taker& take) {
  return std::all_of(proven.begin(), proven.end(),
                     [&take](const auto& one) { return take(one.first, one.second); });
}

}  // namespace

void for_each_proven(std::string_view text, std::string_view chain, std::optional<Hash> before,
                     const VerifyKeys& keys,
                     const std::function<bool(const Line& line, std::string_view text)>& take) {
  std::vector<std::pair<Line, std::string_view>> waiting;
  std::uint64_t seq = 0;
  LineSplitter lines{text};
  std::string_view one;
  while (lines.next(one)) {
    const auto line = read_line(one);
    if (!line || line->chain != chain || (seq != 0 && line->seq != seq + 1)) return;
    Hash after{};
    if (before) {
      if (!follows(*line, *before, &after)) return;
      if (line->type == "checkpoint") {
        const auto point = read_checkpoint(one, keys);
        if (!point || point->chain != chain || point->head != *before) return;
        if (!hand_on(std::exchange(waiting, {}), take)) return;
      }
      waiting.emplace_back(*line, one);
    } else {
      const auto stored = to_hash(line->hash);
      if (!stored) return;
      after = *stored;
    }
    before = after;
    seq = line->seq;
  }
}

}  // namespace toolpost::audit
