// SPDX-License-Identifier: Apache-2.0
// The ledger's directory: this user's and closed to all others.
#pragma once

#include "audit/chain.hpp"
#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace toolpost::audit {

class Directory {
 public:
  // The directory, open and checked: it belongs to this user and has mode 0700.
  static Result<Directory> open(const std::string& path);
  // Makes it, and what is missing above it, with mode 0700.
  static Result<Directory> open_or_make(const std::string& path);

  int fd() const noexcept { return fd_.get(); }

  const std::string& path() const noexcept { return path_; }

  // All names in it, in no order.
  Result<std::vector<std::string>> names() const;
  // The segments of each chain, ascending; chains by name, so about by their start.
  Result<std::map<std::string, std::vector<std::uint32_t>>> segments() const;

  // Puts the text in the place of the file, in one step, and is on the disk when it returns.
  Result<> replace(const std::string& name, std::string_view text) const;
  // Of at most `limit` bytes. Errc::kNotFound where there is none.
  Result<std::string> read(const std::string& name, std::size_t limit) const;

  Result<> sync() const;

 private:
  Directory(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  UniqueFd fd_;
  std::string path_;
};

// Whoever has it may look at the chains of others and decide which of them have ended. Held for
// moments; ends with the process.
class LedgerLock {
 public:
  // Waits for it, for seconds at most.
  static Result<LedgerLock> take(const Directory& directory);

 private:
  explicit LedgerLock(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

// The lock of a living chain on its newest segment. False when somebody else has it.
bool try_lock(int fd);
// Whether somebody has it, without taking it.
bool is_locked(int fd);

}  // namespace toolpost::audit
