// SPDX-License-Identifier: Apache-2.0
// A record on its way into the journal, and how whoever gave it learns what became of it.
#pragma once

#include "audit/hash.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace toolpost::audit {

// When a record counts as recorded.
enum class Durability {
  kWritten,  // handed to the operating system: survives the end of the process, not of the machine
  kSynced,   // on the disk
};

// What the thread that writes has at hand for those who write a record.
struct Scribe {
  KeyedHasher digests;
  std::string scratch{};  // for whatever has to be put together
};

class Entry {
 public:
  virtual ~Entry() = default;

  // As in config/audit.md.
  virtual std::string_view type() const noexcept = 0;
  virtual Durability durability() const noexcept = 0;

  // Appends the record's members as a JSON object on one line, of at most kMaxEntryBytes. Runs on
  // whichever thread writes, one record at a time.
  virtual void write(std::string& out, Scribe& scribe) = 0;

  // Called once, on whichever thread has got so far, and must not wait: the number of the record,
  // or 0 when it could not be recorded.
  virtual void done(std::uint64_t seq) noexcept = 0;
};

}  // namespace toolpost::audit
