// SPDX-License-Identifier: Apache-2.0
// What the server says about itself: discovery, the legacy handshake, and the pages of lists.
#pragma once

#include "mcp/version.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace toolpost::mcp {

struct ServerInfo {
  std::string implementation;  // JSON object: name, title, version
  std::string untitled;        // the same for clients older than titles
  std::string instructions;    // text for the model; empty: none
  bool has_tasks = false;      // io.modelcontextprotocol/tasks is served
};

ServerInfo make_server_info(std::string_view name, std::string_view title, std::string_view version,
                            std::string instructions);

// The result of server/discover.
std::string discover_result(const ServerInfo& info);

// The result of initialize for a client that asked for `requested`.
std::string initialize_result(const ServerInfo& info, Version version);

// An unknown or modern request gets the latest legacy revision, as the handshake demands.
Version negotiate(std::string_view requested) noexcept;

// A page of a list: `key` is "tools" and so on, `items` the elements joined by commas.
std::string list_result(std::string_view key, std::string_view items,
                        const std::optional<std::string>& next_cursor, Version version,
                        const ServerInfo& info);

// An opaque cursor that says after which name a list goes on. Unlike an offset it stays right when
// items come and go between two pages.
std::string make_cursor(std::string_view last_name);
std::optional<std::string> read_cursor(std::string_view cursor);

}  // namespace toolpost::mcp
