// SPDX-License-Identifier: Apache-2.0
// For the parts of McpEndpoint: one request with its connection, and the answers that several give.
#pragma once

#include "transport/mcp_endpoint.hpp"
#include "transport/post_responder.hpp"

namespace toolpost::transport {

inline mcp::Failure invalid_request(int status, std::string message) {
  return {.code = mcp::kInvalidRequest,
          .message = std::move(message),
          .http_status = status,
          .data = {}};
}

inline HttpResponse empty_response(int status) {
  return {status, {}, {}, {}};
}

inline std::optional<std::string_view> view(const std::optional<std::string>& text) {
  return text ? std::optional<std::string_view>{*text} : std::nullopt;
}

struct McpEndpoint::Exchange {
  std::shared_ptr<HttpConnection> connection;
  HttpHead head;

  void respond(const HttpResponse& response) const { connection->respond(response); }

  // Borrowed from the head.
  mcp::RoutingHeaders routing_headers() const {
    return {view(head.protocol_version), view(head.mcp_method), view(head.mcp_name)};
  }

  void refuse(const mcp::Failure& failure, const std::optional<mcp::RequestId>& id = {}) const {
    respond(to_response(mcp::to_answer(failure, id)));
  }
};

}  // namespace toolpost::transport
