// SPDX-License-Identifier: Apache-2.0
// For the renderers of results: what results of all kinds have in common.
#pragma once

#include "base/error.hpp"
#include "json/value.hpp"
#include "json/writer.hpp"
#include "mcp/version.hpp"

#include <string>
#include <string_view>

namespace toolpost::mcp {

// A prefix whose second label is "modelcontextprotocol" or "mcp" is the protocol's own.
bool is_reserved_meta_key(std::string_view key);

Error wrong_result(std::string what);

// Null when the content block is as its type demands; otherwise what it lacks.
const char* missing_in_block(const json::Value& block);

// A content block as the revision knows it, its _meta without what is reserved to the protocol; its
// shape is checked already. `raw` is its text.
void write_block(json::Writer& writer, std::string_view raw, const json::Value& block,
                 Version version);

// The contents of a resource; their shape is checked already. `raw` is the array's text.
void write_contents(json::Writer& writer, std::string_view raw, const json::Value& contents);

// The result's _meta: the plugin's, without what is reserved to the protocol, and in modern
// revisions the server's name. `plugin_meta` is a JSON object or empty.
void write_result_meta(json::Writer& writer, std::string_view plugin_meta, Version version,
                       std::string_view server_info);

}  // namespace toolpost::mcp
