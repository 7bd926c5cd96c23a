// SPDX-License-Identifier: Apache-2.0
// What earlier `retention` records of a ledger say, found again without reading all of it.
#pragma once

#include "audit/checkpoint.hpp"
#include "audit/directory.hpp"
#include "audit/retention_words.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace toolpost::audit {

// Whether this record of the chain is one of them and a checkpoint covers it.
bool is_retention_proven(const Directory& directory, const std::string& chain, std::uint64_t seq,
                         const VerifyKeys& keys);

// Only what is proven, wherever the hint leads. When the hint is lost, the whole ledger is read.
RetentionWords recall_retention(const Directory& directory,
                                const std::map<std::string, std::vector<std::uint32_t>>& segments,
                                const VerifyKeys& keys);

// Where the newest `retention` record stands, for the next pass: a hint, nothing is proven by it.
Result<> remember_retention(const Directory& directory, const std::string& chain,
                            std::uint64_t seq);

}  // namespace toolpost::audit
