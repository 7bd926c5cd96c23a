// SPDX-License-Identifier: Apache-2.0
#include "audit/login_failures.hpp"

#include "base/utc_time.hpp"
#include "json/writer.hpp"

namespace toolpost::audit {
namespace {

constexpr std::string_view kOthers = "others";

std::string record(std::string_view address, std::string_view reason, std::uint64_t count,
                   std::int64_t since_us) {
  std::string object;
  json::Writer writer{object};
  writer.begin_object();
  if (!address.empty()) writer.member("address", address);
  writer.member("reason", reason).member("count", static_cast<std::int64_t>(count));
  if (since_us != 0) writer.member("since", std::string_view{to_utc_time_us(since_us)});
  writer.end_object();
  return object;
}

}  // namespace

std::string LoginFailures::count(std::string_view address, std::string_view reason,
                                 std::int64_t now_us) {
  Key key{address, reason};
  auto place = tallies_.find(key);
  if (place == tallies_.end() && tallies_.size() >= kMaxAddresses) {
    key.first = kOthers;
    place = tallies_.find(key);
  }
  if (place == tallies_.end()) {
    tallies_.emplace(key, Tally{.began_us = now_us});
    return record(key.first, reason, 1, 0);
  }
  Tally& tally = place->second;
  if (tally.more++ == 0) tally.first_more_us = now_us;
  return {};
}

std::string LoginFailures::describe(const Key& key, const Tally& tally) {
  return record(key.first, key.second, tally.more, tally.first_more_us);
}

std::vector<std::string> LoginFailures::due(std::int64_t now_us) {
  std::vector<std::string> records;
  for (auto place = tallies_.begin(); place != tallies_.end();) {
    if (now_us - place->second.began_us < kWindowUs) {
      ++place;
      continue;
    }
    if (place->second.more != 0) records.push_back(describe(place->first, place->second));
    place = tallies_.erase(place);
  }
  return records;
}

std::vector<std::string> LoginFailures::rest() {
  std::vector<std::string> records;
  for (const auto& [key, tally] : tallies_) {
    if (tally.more != 0) records.push_back(describe(key, tally));
  }
  tallies_.clear();
  return records;
}

}  // namespace toolpost::audit
