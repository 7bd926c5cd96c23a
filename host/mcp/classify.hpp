// SPDX-License-Identifier: Apache-2.0
// Decides in which era a message is to be served, and refuses what no era allows. The order of the
// checks is part of the contract with clients: they read the first failure as evidence of what the
// server speaks.
#pragma once

#include "mcp/message.hpp"
#include "mcp/version.hpp"

#include <optional>
#include <string_view>
#include <variant>

namespace toolpost::mcp {

inline constexpr std::string_view kMetaVersion = "io.modelcontextprotocol/protocolVersion";
inline constexpr std::string_view kMetaCapabilities = "io.modelcontextprotocol/clientCapabilities";
inline constexpr std::string_view kMetaLogLevel = "io.modelcontextprotocol/logLevel";
inline constexpr std::string_view kMetaClientInfo = "io.modelcontextprotocol/clientInfo";

// The headers by which an intermediary may route. Values have no surrounding space. The transport
// refuses duplicates.
struct RoutingHeaders {
  std::optional<std::string_view> protocol_version;
  std::optional<std::string_view> method;
  std::optional<std::string_view> name;
};

enum class Route { kModern, kInitialize, kLegacy };

// `http` is null on stdio, where there are no headers to check.
std::variant<Route, Failure> classify(const Message& message, const RoutingHeaders* http);

// Checks of a modern request that come after the era is known: its version is served, its headers
// say what its body says, and the method exists. Null when all is well.
std::optional<Failure> check_modern(const Message& message, const RoutingHeaders* http);

// Methods that exist in each era. A removed or unknown method gets -32601.
bool is_modern_method(std::string_view method) noexcept;

// Mcp-Name may carry text that a header cannot: =?base64?...?=. Null when that is malformed.
std::optional<std::string> decode_header_text(std::string_view value);

}  // namespace toolpost::mcp
