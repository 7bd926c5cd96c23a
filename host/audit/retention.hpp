// SPDX-License-Identifier: Apache-2.0
// Which segments may go because they ended long enough ago, and how the removal is recorded before
// it happens (config/audit.md). Only what is proven decides: nobody gets a segment removed, or a
// removal explained, by writing into the ledger.
#pragma once

#include "audit/checkpoint.hpp"
#include "audit/directory.hpp"
#include "audit/retention_words.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace toolpost::audit {

struct Removal {
  std::string chain;
  std::uint32_t from_segment = 0;
  std::uint32_t to_segment = 0;
  bool is_whole = false;  // nothing of the chain stays
};

struct RetentionPlan {
  std::vector<Removal> removals;  // to be recorded first; oldest chains first
  std::vector<Removal> left;      // recorded already: an earlier removal was not finished
  std::string object;             // the members of the `retention` record; empty: nothing to record
  RetentionWords words;           // what it says
  // Chains whose segments are due and do not fit what is proven about them; they stay.
  std::vector<std::string> doubtful;
};

// `horizon` is RFC 3339 in UTC: what ended before it may go. `known` is what this process has
// recorded itself. Of a living chain the newest segment stays, and a chain that no `closed` record
// describes stays as a whole. Several passes may be needed. With the ledger's lock.
Result<RetentionPlan> plan_retention(const Directory& directory, const LedgerLock& lock,
                                     const VerifyKeys& keys, const std::string& horizon,
                                     const RetentionWords& known);

// Removes the files, oldest first. What is gone already is no error. With the ledger's lock, and
// when the record is on the disk.
Result<> remove_segments(const Directory& directory, const LedgerLock& lock,
                         const std::vector<Removal>& removals);

}  // namespace toolpost::audit
