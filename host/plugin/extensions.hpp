// SPDX-License-Identifier: Apache-2.0
// The extensions of the host by id: which exist, and their tables.
#pragma once

#include "call/services.hpp"

#include <span>
#include <string_view>

namespace toolpost::plugin {

// Every id that may stand in plugins.ID.grants.
std::span<const std::string_view> extension_ids();

// What a plugin does with its own items needs none.
bool needs_grant(std::string_view id);

// The table, or null: unknown, or this host has no such service.
const void* extension_table(std::string_view id, const call::Services& services);

}  // namespace toolpost::plugin
