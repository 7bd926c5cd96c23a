// SPDX-License-Identifier: Apache-2.0
// Checks one chain from its first segment to its last, and gathers what it says about others.
#pragma once

#include "audit/retention_words.hpp"
#include "audit/verify.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace toolpost::audit {

// What stood behind the last record of a chain when a start closed it. It may still stand there: it
// is cut off when that is recorded.
struct ClosedTail {
  std::string torn{};                  // where it is short
  std::string torn_file{};             // else the file that has it
  std::vector<std::string> unbegun{};  // segments, by the names they get
};

// What a record that is proven says about another chain.
struct ClosedWord {
  std::string by;  // the chain that says so
  std::uint64_t seq = 0;
  Hash head{};
  std::uint64_t from = 0;  // of the first record in `digests`
  std::string digests{};   // as in a checkpoint, of what no checkpoint covers
  std::string time{};      // RFC 3339; when it was said
  std::vector<ClosedTail> tails{};
};

struct PreviousWord {
  std::string chain;
  std::optional<Hash> hash{};  // of its first record, unless that was removed before
};

struct CheckedChain {
  ChainReport report;
  std::optional<Damage> damage;
  std::vector<Hash> hashes;  // as computed; of record report.first + i
  std::uint32_t first_segment = 1;
  std::string first_line;  // where the first segments are gone
  std::string tail;        // what stands behind the last whole record
  std::string unbegun;     // the last segment, where nothing in it counts
  std::optional<PreviousWord> previous;
  std::map<std::string, ClosedWord> closed;
  RetentionWords retention;
};

Result<CheckedChain> check_chain(const Directory& directory, const std::string& chain,
                                 const std::vector<std::uint32_t>& segments, const VerifyKeys& keys,
                                 std::uint64_t* bytes);

}  // namespace toolpost::audit
