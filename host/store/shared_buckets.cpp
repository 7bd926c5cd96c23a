// SPDX-License-Identifier: Apache-2.0
#include "store/shared_buckets.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace toolpost::store {
namespace {

// A bucket is "TOKENS SECONDS": what was left, and when. Full ones are forgotten. The arguments are
// numbers only; nothing of them becomes part of the script.
constexpr std::string_view kScript = R"lua(
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local out = {}
for i, key in ipairs(KEYS) do
  local spent = tonumber(ARGV[4 * i - 3])
  local rate = tonumber(ARGV[4 * i - 2]) / 60
  local burst = tonumber(ARGV[4 * i - 1])
  local debt = tonumber(ARGV[4 * i])
  local left = burst
  local kept = redis.pcall('GETRANGE', key, 0, 63)
  if type(kept) == 'string' then
    local tokens, since = string.match(kept, '^(%-?[%d.]+) ([%d.]+)$')
    tokens = tokens and tonumber(tokens)
    since = since and tonumber(since)
    if tokens and since and tokens >= -debt and tokens <= burst then
      left = math.min(burst, tokens + math.max(0, now - since) * rate)
    end
  end
  left = math.max(-debt, left - spent)
  local life = math.ceil((burst - left) / rate * 1000) + 1000
  redis.call('SET', key, string.format('%.6f %.6f', left, now), 'PX', life)
  out[i] = string.format('%.6f', left)
end
return table.concat(out, ' ')
)lua";

std::string number_text(double number) {
  char text[64];
  const int size = std::snprintf(text, sizeof text, "%.6f", number);
  return {text, static_cast<std::size_t>(size)};
}

Error not_understood() {
  return invalid("Redis answers the script with what it cannot answer");
}

Result<std::vector<double>> read_left(std::string_view text, std::span<const BucketUse> uses) {
  std::vector<double> left;
  left.reserve(uses.size());
  const char* at = text.data();
  const char* const end = at + text.size();
  for (const BucketUse& use : uses) {
    double number = 0;
    const auto [stopped, error] = std::from_chars(at, end, number, std::chars_format::fixed);
    const double debt = most_debt(use.per_minute, use.burst);
    // Written so that what is no number fails it.
    if (error != std::errc{} || !(number >= -debt && number <= use.burst)) return not_understood();
    left.push_back(number);
    at = stopped;
    const bool is_last = left.size() == uses.size();
    if (is_last ? at != end : (at == end || *at++ != ' ')) return not_understood();
  }
  return left;
}

}  // namespace

double most_debt(double per_minute, double burst) noexcept {
  return std::max(per_minute, burst);
}

Result<std::vector<double>> take_from_buckets(Store& store, std::span<const BucketUse> uses) {
  if (uses.empty()) return std::vector<double>{};
  const std::string count = std::to_string(uses.size());
  std::vector<std::string> numbers;
  numbers.reserve(uses.size() * 4);
  for (const BucketUse& use : uses) {
    for (const double number :
         {use.spent, use.per_minute, use.burst, most_debt(use.per_minute, use.burst)}) {
      numbers.push_back(number_text(number));
    }
  }
  std::vector<std::string_view> words{"EVAL", kScript, count};
  words.reserve(3 + uses.size() * 5);
  for (const BucketUse& use : uses) words.push_back(use.key);
  words.insert(words.end(), numbers.begin(), numbers.end());
  const auto reply = store.ask(words);
  if (!reply) return reply.error();
  if (reply->kind != Reply::Kind::kText) return not_understood();
  return read_left(reply->text, uses);
}

}  // namespace toolpost::store
