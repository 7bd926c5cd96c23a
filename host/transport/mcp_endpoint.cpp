// SPDX-License-Identifier: Apache-2.0
#include "transport/mcp_endpoint.hpp"

#include "call/client_facts.hpp"
#include "transport/mcp_exchange.hpp"

namespace toolpost::transport {

McpEndpoint::McpEndpoint(call::Dispatcher& dispatcher, const HttpOptions& options, HostRules rules,
                         Admission& admission, EndedSessions& ended)
    : dispatcher_(dispatcher),
      options_(options),
      rules_(std::move(rules)),
      admission_(admission),
      sessions_(options.max_sessions, options.session_idle, *dispatcher.seal_keys(), ended) {}

std::optional<Rejection> McpEndpoint::admit(HttpHead& head, const Peer& peer) {
  if (!rules_.allows_host(head.host)) return Rejection{421, "the Host is not one of this server"};
  if (head.origin && !rules_.allows_origin(*head.origin)) {
    return Rejection{403, "the Origin is not allowed"};
  }
  return admission_.admit(head, peer);
}

std::optional<Rejection> McpEndpoint::admit_large_body(const HttpHead&) {
  const auto failure = dispatcher_.capacity().refuse_body(HttpConnection::Clock::now());
  if (!failure) return std::nullopt;
  HttpResponse response = to_response(mcp::to_answer(*failure, std::nullopt));
  return Rejection{response.status, "the body is large, and memory is short",
                   std::move(response.headers), std::move(response.body)};
}

void McpEndpoint::handle(const std::shared_ptr<HttpConnection>& connection, HttpHead head,
                         std::string body) {
  Exchange exchange{connection, std::move(head)};
  if (exchange.head.path != options_.path) {
    exchange.refuse(invalid_request(404, "There is nothing here; MCP is at " + options_.path));
  } else if (exchange.head.method == "POST") {
    post(exchange, std::move(body));
  } else if (exchange.head.method == "GET") {
    open_stream(exchange);
  } else if (exchange.head.method == "DELETE") {
    end_session(exchange);
  } else {
    HttpResponse response = to_response(
        mcp::to_answer(invalid_request(405, "The method is not allowed here"), std::nullopt));
    response.headers = "Allow: GET, POST, DELETE\r\n";
    exchange.respond(response);
  }
}

void McpEndpoint::post(const Exchange& exchange, std::string body) {
  if (exchange.head.content_type != kJson) {
    exchange.refuse(invalid_request(415, "Content-Type must be application/json"));
    return;
  }
  if (!exchange.head.is_utf8) {
    exchange.refuse(invalid_request(415, "The charset of Content-Type must be utf-8"));
    return;
  }
  if (exchange.head.is_encoded) {
    HttpResponse response = to_response(mcp::to_answer(
        invalid_request(415, "Content-Encoding must be identity: send the body as it is"),
        std::nullopt));
    response.headers = "Accept-Encoding: identity\r\n";  // RFC 9110, 15.5.16
    exchange.respond(response);
    return;
  }
  const std::string& accept = exchange.head.accept;
  if (!accepts(accept, kJson) && !accepts(accept, kEventStream)) {
    exchange.refuse(
        invalid_request(406, "Accept must allow application/json or text/event-stream"));
    return;
  }
  if (is_batch(body)) {
    if (auto session = batch_session(exchange)) {
      legacy_batch(exchange, *session, body);
      return;
    }
  }
  auto parsed = mcp::Message::parse(std::move(body), parser_, json_limits());
  if (auto* refused = std::get_if<mcp::Message::Refused>(&parsed)) {
    exchange.refuse(refused->failure, refused->id);
    return;
  }
  auto message = std::move(std::get<std::unique_ptr<mcp::Message>>(parsed));
  const mcp::RoutingHeaders headers = exchange.routing_headers();
  const auto route = mcp::classify(*message, &headers);
  if (const auto* failure = std::get_if<mcp::Failure>(&route)) {
    exchange.refuse(*failure, message->id());
    return;
  }
  switch (std::get<mcp::Route>(route)) {
    case mcp::Route::kModern:
      modern(exchange, std::move(message));
      break;
    case mcp::Route::kInitialize:
      initialize(exchange, *message);
      break;
    case mcp::Route::kLegacy:
      legacy(exchange, std::move(message));
      break;
  }
}

void McpEndpoint::modern(const Exchange& exchange, std::unique_ptr<mcp::Message> message) {
  if (message->kind() == mcp::Message::Kind::kResponse) {
    exchange.refuse(invalid_request(400, "No response is expected here"), message->id());
    return;
  }
  if (message->kind() == mcp::Message::Kind::kNotification) {
    if (refuses_version(exchange)) return;
    // None means anything here: cancelling is closing the connection.
    exchange.respond(empty_response(202));
    return;
  }
  const mcp::RoutingHeaders headers = exchange.routing_headers();
  if (const auto failure = mcp::check_modern(*message, &headers)) {
    exchange.refuse(*failure, message->id());
    return;
  }
  const auto version = mcp::Version::k2026_07_28;
  auto client = call::modern_client_facts(*message, version);
  const auto responder = std::make_shared<PostResponder>(exchange.connection, exchange.head.accept);
  PostResponder::watch(responder, options_.sse_keepalive);
  const auto call =
      dispatcher_.dispatch({std::move(message), version, exchange.head.principal, std::move(client),
                            responder, exchange.connection->peer().site, &exchange.head.mcp_params,
                            call::Transport::kHttp, exchange.connection->peer().address});
  if (!call) return;
  exchange.connection->on_abort([this, weak = std::weak_ptr{call}] {
    if (const auto live = weak.lock()) dispatcher_.cancel(live);
  });
}

json::Limits McpEndpoint::json_limits() const {
  return {.depth = options_.json_depth,
          .members = options_.json_members,
          .elements = options_.json_values};
}

}  // namespace toolpost::transport
