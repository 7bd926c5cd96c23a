// SPDX-License-Identifier: Apache-2.0
// What goes back for one request: a JSON-RPC response on one line, with the HTTP status that
// belongs to it. On stdio the status is ignored.
#pragma once

#include "mcp/request_id.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace toolpost::mcp {

// JSON-RPC and MCP error codes. Those from 40100 on are this host's own: the protocol leaves the
// range outside -32768..-32000 to applications.
enum ErrorCode : int {
  kParseError = -32700,
  kInvalidRequest = -32600,
  kMethodNotFound = -32601,
  kInvalidParams = -32602,
  kInternalError = -32603,
  kHeaderMismatch = -32020,
  kMissingCapability = -32021,
  kUnsupportedVersion = -32022,
  kUnauthorized = 40100,
  kDenied = 40300,
  kRateLimited = 42900,
  kOverloaded = 50300,
};

struct Answer {
  int http_status = 200;
  std::string json;
  int retry_after_s = 0;  // 0: no Retry-After
};

// Why a request is refused. Becomes an Answer once the id is known.
struct Failure {
  int code = kInternalError;
  std::string message;
  int http_status = 200;
  std::string data{};  // JSON, or empty
  int retry_after_s = 0;
};

// Without an id (it could not be read) the member is left out: null is not a valid id in MCP.
Answer to_answer(const Failure& failure, const std::optional<RequestId>& id);

// `result` is a JSON object on one line.
Answer result_answer(const RequestId& id, std::string_view result);

// Failures that several places raise.
Failure invalid_params(std::string message);
Failure method_not_found(std::string_view method);
Failure overloaded(std::string_view reason, std::string message);

}  // namespace toolpost::mcp
