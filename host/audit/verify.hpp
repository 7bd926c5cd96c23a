// SPDX-License-Identifier: Apache-2.0
// Holds a whole ledger against what its signatures prove: each record of each chain, that no chain
// is missing, and, with an anchor, that the ledger has not been taken back to an earlier state.
#pragma once

#include "audit/checkpoint.hpp"
#include "audit/directory.hpp"
#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace toolpost::audit {

// Something that is not as it was written. Of each chain the first is named; what comes behind it
// follows from it or cannot be judged.
struct Damage {
  std::string chain;
  std::uint64_t seq = 0;  // of the first bad record; 0: the chain as a whole
  std::string file{};     // where it stands, or should; may be empty
  std::size_t line = 0;
  std::string what;
};

enum class ChainState {
  kLiving,  // its process holds it
  kClosed,  // a later start has closed it, so that its end is proven
  kOpen,    // its process has ended, and no later start has closed it
};

struct ChainReport {
  std::string chain;
  ChainState state = ChainState::kOpen;
  std::uint64_t records = 0;
  std::uint64_t covered = 0;  // records up to this one are proven
  std::uint64_t first = 1;    // the first that is there: those before were removed by order
  std::size_t segments = 0;
  std::uint64_t torn_bytes = 0;  // behind the last whole record
};

struct Report {
  std::vector<Damage> damages;  // in the order of the chains' starts
  std::vector<ChainReport> chains;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  bool has_anchor = false;  // with a checkpoint in it
  // Of the anchor: lines that could not be read, and the first of them.
  std::size_t unread_anchor_lines = 0;
  std::size_t first_unread_anchor_line = 0;
};

struct VerifyOptions {
  VerifyKeys keys;
  std::optional<Anchors> anchors{};  // its keys are believed beside `keys`
};

// An error where the ledger cannot be read at all.
Result<Report> verify(const Directory& directory, const VerifyOptions& options);

}  // namespace toolpost::audit
