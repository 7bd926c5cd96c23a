// SPDX-License-Identifier: Apache-2.0
// Values in a store that others may write to. Each is sealed with its key and the time until which
// it is good, so that what was changed, made up, put under another key or kept for too long is no
// value. Sealed is also encrypted: who reads the store learns names and sizes.
//
// What a seal cannot tell is an older value of the same key, put back in its place: whoever keeps
// something here names it by all that it depends on.
#pragma once

#include "base/error.hpp"
#include "identity/seal_keys.hpp"
#include "store/store.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::store {

// Worker threads only, any number of them.
class SealedValues {
 public:
  using UnixTime = std::chrono::sys_seconds;

  // `prefix` begins each key in the store; `now` is the clock.
  SealedValues(Store& store, const identity::SealKeys& keys, std::string prefix,
               std::function<UnixTime()> now);

  // Nothing: there is none, or none that is ours. An error: the store did not answer.
  Result<std::optional<std::string>> get(std::string_view key);
  Result<> set(std::string_view key, std::string_view value, std::chrono::seconds life);
  Result<> remove(std::string_view key);

  // Values that were there and did not open: changed, foreign, garbled.
  std::uint64_t rejected() const noexcept { return rejected_; }

 private:
  std::string name(std::string_view key) const;

  Store& store_;
  const identity::SealKeys& keys_;
  const std::string prefix_;
  const std::function<UnixTime()> now_;
  std::atomic<std::uint64_t> rejected_ = 0;
};

}  // namespace toolpost::store
