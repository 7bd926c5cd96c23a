// SPDX-License-Identifier: Apache-2.0
// What a chain says in its first records, as far as that is proven: which was before it, and which
// it has closed.
#pragma once

#include "audit/checkpoint.hpp"
#include "audit/directory.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace toolpost::audit {

struct ClosedHead {
  std::string time;  // RFC 3339
  std::uint64_t last = 0;
  Hash head{};
};

struct ChainHead {
  std::string previous;                      // empty: it is the first
  std::map<std::string, ClosedHead> closed;  // without those that were damaged
};

// Empty when the chain's first segment is gone, or nothing of it is proven.
ChainHead read_head(const Directory& directory, const std::string& chain,
                    const std::vector<std::uint32_t>& segments, const VerifyKeys& keys);

}  // namespace toolpost::audit
