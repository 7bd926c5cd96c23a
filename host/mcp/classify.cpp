// SPDX-License-Identifier: Apache-2.0
#include "mcp/classify.hpp"

#include "base/base64.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <array>

namespace toolpost::mcp {
namespace {

Failure missing_meta(std::string_view key) {
  return {.code = kInvalidParams,
          .message = "Invalid params: _meta[\"" + std::string{key} + "\"] is required",
          .http_status = 400,
          .data = {}};
}

Failure header_mismatch(std::string message) {
  return {.code = kHeaderMismatch, .message = std::move(message), .http_status = 400, .data = {}};
}

Failure unsupported_version(std::string_view requested) {
  std::string data;
  json::Writer writer{data};
  writer.begin_object().key("supported").begin_array();
  for (const Version version : supported_versions()) writer.string(to_string(version));
  writer.end_array().member("requested", requested).end_object();
  return {.code = kUnsupportedVersion,
          .message = "Unsupported protocol version",
          .http_status = 400,
          .data = std::move(data)};
}

const json::Value* claim(const Message& message) {
  return message.meta() == nullptr ? nullptr : message.meta()->find(kMetaVersion);
}

std::optional<Failure> check_meta(const Message& message) {
  const json::Value* version = claim(message);
  if (version == nullptr || !version->is_string()) return missing_meta(kMetaVersion);
  const json::Value* capabilities = message.meta()->find(kMetaCapabilities);
  if (capabilities == nullptr || !capabilities->is_object()) return missing_meta(kMetaCapabilities);
  return std::nullopt;
}

// The parameter that Mcp-Name repeats; null when the method has none.
const json::Value* named_param(const Message& message) {
  if (message.method() == "tools/call" || message.method() == "prompts/get") {
    return message.param("name");
  }
  if (message.method() == "resources/read") return message.param("uri");
  const bool of_task = message.method().starts_with("tasks/") && is_modern_method(message.method());
  return of_task ? message.param("taskId") : nullptr;
}

std::optional<Failure> check_headers(const Message& message, const RoutingHeaders& http) {
  if (!http.protocol_version) return header_mismatch("Header MCP-Protocol-Version is required");
  if (!http.method) return header_mismatch("Header Mcp-Method is required");
  if (*http.method != message.method()) {
    return header_mismatch("Header Mcp-Method differs from the method of the body");
  }
  const json::Value* name = named_param(message);
  if (name == nullptr || !name->is_string()) return std::nullopt;
  if (!http.name) return header_mismatch("Header Mcp-Name is required");
  const auto decoded = decode_header_text(*http.name);
  if (!decoded) return header_mismatch("Header Mcp-Name is neither ASCII nor canonical base64");
  if (*decoded != name->as_string()) {
    return header_mismatch("Header Mcp-Name differs from the name of the body");
  }
  return std::nullopt;
}

}  // namespace

std::variant<Route, Failure> classify(const Message& message, const RoutingHeaders* http) {
  if (claim(message) != nullptr) return Route::kModern;
  const bool modern_header =
      http != nullptr && http->protocol_version && looks_modern(*http->protocol_version);
  if (modern_header && message.kind() != Message::Kind::kRequest) return Route::kModern;
  if (message.method() == "initialize" && message.kind() == Message::Kind::kRequest) {
    if (modern_header) {
      return header_mismatch("Header MCP-Protocol-Version names a version without initialize");
    }
    return Route::kInitialize;
  }
  if (modern_header && message.kind() == Message::Kind::kRequest) {
    const json::Value* meta = message.meta();
    return missing_meta(meta == nullptr || meta->find(kMetaVersion) == nullptr ? kMetaVersion
                                                                               : kMetaCapabilities);
  }
  return Route::kLegacy;
}

std::optional<Failure> check_modern(const Message& message, const RoutingHeaders* http) {
  if (auto failure = check_meta(message)) return failure;
  const std::string_view version = claim(message)->as_string();
  if (http != nullptr && http->protocol_version && *http->protocol_version != version) {
    return header_mismatch("Header MCP-Protocol-Version differs from the version of the body");
  }
  const auto known = parse_version(version);
  // A legacy revision cannot be served statelessly, so claiming it is as good as an unknown one.
  if (!known || !is_modern(*known)) return unsupported_version(version);
  if (http != nullptr) {
    if (auto failure = check_headers(message, *http)) return failure;
  }
  if (!is_modern_method(message.method())) return method_not_found(message.method());
  return std::nullopt;
}

bool is_modern_method(std::string_view method) noexcept {
  constexpr std::array<std::string_view, 13> kMethods = {"server/discover",
                                                         "tools/list",
                                                         "tools/call",
                                                         "resources/list",
                                                         "prompts/list",
                                                         "prompts/get",
                                                         "resources/templates/list",
                                                         "resources/read",
                                                         "completion/complete",
                                                         "subscriptions/listen",
                                                         "tasks/get",
                                                         "tasks/update",
                                                         "tasks/cancel"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

std::optional<std::string> decode_header_text(std::string_view value) {
  constexpr std::string_view kOpen = "=?base64?";
  constexpr std::string_view kClose = "?=";
  if (!value.starts_with(kOpen) || !value.ends_with(kClose) ||
      value.size() < kOpen.size() + kClose.size()) {
    // RFC 9110, section 5.5: what is beyond ASCII has no meaning that two could agree on.
    const bool is_ascii = std::all_of(value.begin(), value.end(),
                                      [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); });
    return is_ascii ? std::optional{std::string{value}} : std::nullopt;
  }
  value.remove_prefix(kOpen.size());
  value.remove_suffix(kClose.size());
  return decode_base64(value);
}

}  // namespace toolpost::mcp
