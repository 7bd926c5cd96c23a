// SPDX-License-Identifier: Apache-2.0
// The pages of tools/list, resources/list, resources/templates/list and prompts/list: what this
// caller may use, in the order of names.
#pragma once

#include "call/access.hpp"
#include "mcp/server_info.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace toolpost::call {

// Null when the method lists nothing.
std::optional<mcp::ItemKind> listed_kind(std::string_view method) noexcept;

// The result, or why the cursor is refused.
std::variant<std::string, mcp::Failure> list_page(const registry::Snapshot& snapshot,
                                                  const Access& access,
                                                  const identity::Principal& principal,
                                                  mcp::ItemKind kind, const json::Value* cursor,
                                                  mcp::Version version,
                                                  const mcp::ServerInfo& info);

}  // namespace toolpost::call
