// SPDX-License-Identifier: Apache-2.0
// Refused credentials as the audit tells of them: the first of an address singly, those that follow
// counted, so that whoever tries keys all day fills no disk.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::audit {

// Time comes in as a parameter, in microseconds since 1970. Not thread-safe.
class LoginFailures {
 public:
  static constexpr std::int64_t kWindowUs = 60'000'000;
  // Addresses that are told apart at once; those beyond are counted as "others".
  static constexpr std::size_t kMaxAddresses = 4096;

  // What is to be recorded now: the members of a `login_failure` record; empty when this one was
  // only counted.
  std::string count(std::string_view address, std::string_view reason, std::int64_t now_us);

  // The records of those whose minute is over, and which end with it.
  std::vector<std::string> due(std::int64_t now_us);
  // The records of all that have been counted and not recorded; at the end.
  std::vector<std::string> rest();

  bool empty() const noexcept { return tallies_.empty(); }

 private:
  struct Tally {
    std::int64_t began_us = 0;  // of the first, which was recorded
    std::uint64_t more = 0;     // that came after it
    std::int64_t first_more_us = 0;
  };

  using Key = std::pair<std::string, std::string>;  // address and reason

  static std::string describe(const Key& key, const Tally& tally);

  std::map<Key, Tally> tallies_;
};

}  // namespace toolpost::audit
