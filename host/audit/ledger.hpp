// SPDX-License-Identifier: Apache-2.0
// What a start does about the chains that are there already: it names the one before, and closes
// those whose process has ended (config/audit.md). All of it under the ledger's lock.
#pragma once

#include "audit/directory.hpp"
#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace toolpost::audit {

// A chain whose process has ended and that no start has closed yet.
struct EndedChain {
  std::string name;
  std::string object;  // the members of its `closed` record
  bool is_damaged = false;

  // What is to be mended when that record is on the disk.
  UniqueFd file;                     // its last segment, locked
  std::uint64_t bytes = 0;           // that are whole
  bool is_torn = false;              //
  std::vector<std::string> unbegun;  // segments that were never finished beginning
};

class Ledger {
 public:
  // Reads what is there and enters the chain that is about to start. A chain that is damaged is no
  // error: it is closed as it is found.
  static Result<Ledger> enter(const Directory& directory, const LedgerLock& lock,
                              std::string own_chain);

  // {"chain":…,"hash":…} of the start before; empty when there is none.
  const std::string& previous() const noexcept { return previous_; }

  const std::vector<EndedChain>& ended() const noexcept { return ended_; }

  // The `closed` records are on the disk: what they name as torn is cut off.
  Result<> finish();

 private:
  explicit Ledger(const Directory& directory) : directory_(&directory) {}

  void recall();
  Result<> remember() const;

  const Directory* directory_;
  std::vector<std::string> starts_;  // the newest chains, newest first
  std::vector<std::string> open_;    // that no start has closed
  bool has_memory_ = false;
  std::string previous_;
  std::vector<EndedChain> ended_;
};

}  // namespace toolpost::audit
