// SPDX-License-Identifier: Apache-2.0
// The ledger's directory. A living chain has a lock on its newest segment.
#pragma once

#include "audit/chain.hpp"
#include "base/error.hpp"
#include "base/private_directory.hpp"
#include "base/unique_fd.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace toolpost::audit {

// Of every file of the audit.
inline constexpr mode_t kFileMode = 0600;

class Directory : public PrivateDirectory {
 public:
  static Result<Directory> open(const std::string& path);
  static Result<Directory> open_or_make(const std::string& path);

  // An error where its path leads to it no more: nobody finds what is written into a directory that
  // was moved away.
  Result<> check_name() const;

  // The segments of each chain, ascending; chains by name, so about by their start.
  Result<std::map<std::string, std::vector<std::uint32_t>>> segments() const;

 private:
  explicit Directory(PrivateDirectory directory) : PrivateDirectory(std::move(directory)) {}
};

// Whoever has it may look at the chains of others and decide which of them have ended. Held for
// moments; ends with the process.
class LedgerLock {
 public:
  // Waits for it, for half a minute at most.
  static Result<LedgerLock> take(const Directory& directory);

 private:
  explicit LedgerLock(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace toolpost::audit
