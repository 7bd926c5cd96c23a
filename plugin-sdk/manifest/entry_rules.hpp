// SPDX-License-Identifier: Apache-2.0
// Whether an entry is what the header demands and the host takes. Mistakes are exceptions whose
// text begins with the field.
#pragma once

#include <toolpost/json.hpp>
#include <toolpost/plugin.h>

namespace toolpost::manifest {

// The members of the manifest that repeat the entry.
struct EntryTexts {
  std::string id;
  std::string name;
  std::string version;
  std::string vendor;
  std::string abi;
  std::string min_host;
  std::string protocol;
  std::string instructions;
  sdk::Json flags;
  sdk::Json config_schema;
};

EntryTexts read_entry(const toolpost_entry* entry);

}  // namespace toolpost::manifest
