// SPDX-License-Identifier: Apache-2.0
// A plugin's Tool object, checked once when it is registered and rendered for every revision, so
// that a list is a matter of copying bytes.
#pragma once

#include "base/error.hpp"
#include "json/log_marks.hpp"
#include "mcp/param_headers.hpp"
#include "mcp/version.hpp"

#include <array>
#include <string>
#include <string_view>

namespace toolpost::mcp {

// What a tool does to the world. Clients see it as annotations; the host's own rules use it too.
struct ToolTraits {
  bool read_only = false;
  bool destructive = false;
  bool idempotent = false;
  bool open_world = false;
};

struct ToolDefinition {
  std::array<std::string, kVersionCount> by_version;  // the Tool object, on one line
  std::string input_schema;                           // JSON
  std::string output_schema;                          // JSON; empty when there is none
  std::vector<HeaderBinding> header_bindings;
  json::LogMarks log_marks;   // which arguments may be recorded in clear
  bool object_output = true;  // the root of the output schema is an object

  const std::string& text(Version version) const {
    return by_version[static_cast<std::size_t>(version)];
  }
};

// `key` is the name under which the plugin adds it, `prefix` what the operator puts before it.
// Annotations come from the traits; of the plugin's own only the title is kept.
Result<ToolDefinition> read_tool_definition(std::string_view definition, std::string_view key,
                                            std::string_view prefix, const ToolTraits& traits);

// 1 to 128 of [A-Za-z0-9_.-].
bool is_tool_name(std::string_view name) noexcept;

}  // namespace toolpost::mcp
