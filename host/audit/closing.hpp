// SPDX-License-Identifier: Apache-2.0
// How a chain whose process has ended stands: its last sound record, and what comes behind it.
#pragma once

#include "audit/directory.hpp"
#include "audit/ledger.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace toolpost::audit {

// Nothing while its process lives, or did a moment ago. `segments` ascend and are not empty. When
// this returns, what it says of the end is on the disk.
Result<std::optional<EndedChain>> look_at_end(const Directory& directory, const std::string& chain,
                                              const std::vector<std::uint32_t>& segments);

// The hash of its first record, base64url; empty when that cannot be read.
std::string first_hash(const Directory& directory, const std::string& chain);

}  // namespace toolpost::audit
