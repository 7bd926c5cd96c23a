// SPDX-License-Identifier: Apache-2.0
// Checks the table that toolpost_entry_v1() returned and copies its texts out of the plugin.
#pragma once

#include "base/error.hpp"
#include "plugin/loader/abi_version.hpp"
#include "plugin/loader/manifest.hpp"

#include <toolpost/plugin.h>

#include <cstdint>
#include <string>

namespace toolpost::plugin {

struct EntryFacts {
  const toolpost_entry* entry = nullptr;  // lives in the library; never unmapped
  AbiVersion abi;
  AbiVersion min_host;
  std::uint32_t flags = 0;  // TOOLPOST_ENTRY_*
  std::string id;
  std::string name;
  std::string version;
  std::string vendor;
  std::string protocol;
  std::string config_schema;  // {} when the plugin has none
  std::string instructions;
};

Result<EntryFacts> read_entry(const toolpost_entry* entry);

// The manifest was what the operator's decisions were made on, so it must tell the truth.
Result<> check_matches(const EntryFacts& facts, const Manifest& manifest);

}  // namespace toolpost::plugin
