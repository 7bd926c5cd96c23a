// SPDX-License-Identifier: Apache-2.0
// What is added to a ledger while somebody looks at it.
#pragma once

#include "audit/directory.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace toolpost::audit {

class Follower {
 public:
  // The directory must outlive it.
  explicit Follower(const Directory& directory) : directory_(directory) {}

  // Takes everything that is there now as known.
  Result<> begin();

  // Hands out the whole lines that have come since, those of a chain in their order.
  Result<> read(const std::function<void(std::string_view)>& take);

 private:
  Result<> read_segment(const std::string& name, const std::function<void(std::string_view)>& take);

  const Directory& directory_;
  std::map<std::string, std::uint64_t> known_;  // bytes by segment
};

}  // namespace toolpost::audit
