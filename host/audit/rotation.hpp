// SPDX-License-Identifier: Apache-2.0
// How a command asks the processes that write into a ledger for new segments: by a file in it. Who
// may write there may ask; nobody needs to know their process ids.
#pragma once

#include "audit/directory.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace toolpost::audit {

// The newest segment of each chain whose process lives.
Result<std::map<std::string, std::uint32_t>> living_chains(const Directory& directory);

Result<> request_rotation(const Directory& directory);
void withdraw_rotation(const Directory& directory);

// Notices each request once; one that is there already when this is made does not count.
class RotationWatch {
 public:
  explicit RotationWatch(const Directory& directory);

  // True when there is a new request.
  bool look();

 private:
  std::string stamp() const;

  const Directory& directory_;
  std::string seen_;
};

}  // namespace toolpost::audit
