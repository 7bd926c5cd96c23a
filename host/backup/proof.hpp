// SPDX-License-Identifier: Apache-2.0
// Proves what is in an archive beyond its hashes: the users can be read, the audit is sound.
#pragma once

#include "audit/verify.hpp"
#include "backup/archive.hpp"

#include <optional>
#include <string>

namespace toolpost::backup {

struct Proof {
  std::size_t users = 0;
  std::uint64_t audit_records = 0;
  bool has_audit = false;
};

// `work` is a directory for a copy of the audit, which is removed again. `anchors` are believed in
// the place of the key in the archive. kInvalid: something is not as it was.
Result<Proof> prove(const Archive& archive, const std::string& work,
                    const std::optional<audit::Anchors>& anchors);

}  // namespace toolpost::backup
