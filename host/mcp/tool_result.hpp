// SPDX-License-Identifier: Apache-2.0
// Turns what a plugin gave as its result into the CallToolResult of the client's revision.
#pragma once

#include "base/error.hpp"
#include "json/value.hpp"
#include "mcp/version.hpp"

#include <span>
#include <string>
#include <string_view>

namespace toolpost::mcp {

// `payload` is the accepted text of `result`. Fails when it is no CallToolResult; the message is
// for the log and names the place. `server_info` is the JSON object of the Implementation.
Result<std::string> render_tool_result(std::string_view payload, const json::Value& result,
                                       bool object_output, Version version,
                                       std::string_view server_info);

// A result that tells the model what went wrong (isError).
std::string render_tool_error(std::string_view message, Version version,
                              std::string_view server_info);

// Replaces {"$blob": N} by the base64 text of blob N where MCP has binary data: data and
// resource.blob of the blocks in content[] and messages[].content, and contents[].blob. Fails on an
// N that does not exist.
Result<std::string> substitute_blobs(std::string_view payload, const json::Value& result,
                                     std::span<const std::string> blobs);

}  // namespace toolpost::mcp
