// SPDX-License-Identifier: Apache-2.0
// For the readers of definitions: what those of all kinds have in common.
#pragma once

#include "base/error.hpp"
#include "json/value.hpp"
#include "json/writer.hpp"
#include "mcp/version.hpp"

#include <string>
#include <string_view>

namespace toolpost::mcp {

Error wrong_definition(std::string_view what);

// title, description and mimeType are text, each of icons has a src, annotations and _meta are
// objects, where they are.
Result<> check_common_members(const json::Value& object);

// A revision knows a member of that name. Those that are the host's to write are carried by none.
bool is_carried(std::string_view member, Version version) noexcept;

// Appends the member as the plugin wrote it, on one line.
void write_member(json::Writer& writer, std::string_view key, std::string_view raw);

}  // namespace toolpost::mcp
