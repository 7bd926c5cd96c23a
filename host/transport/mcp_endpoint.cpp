// SPDX-License-Identifier: Apache-2.0
#include "transport/mcp_endpoint.hpp"

#include "call/client_facts.hpp"

namespace toolpost::transport {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kEventStream = "text/event-stream";

mcp::Failure invalid_request(int status, std::string message) {
  return {.code = mcp::kInvalidRequest,
          .message = std::move(message),
          .http_status = status,
          .data = {}};
}

HttpResponse to_response(mcp::Answer answer) {
  HttpResponse response{answer.http_status, kJson, std::move(answer.json), {}};
  if (answer.retry_after_s != 0) {
    response.headers = "Retry-After: " + std::to_string(answer.retry_after_s) + "\r\n";
  }
  return response;
}

HttpResponse empty_response(int status) {
  return {status, {}, {}, {}};
}

std::optional<std::string_view> view(const std::optional<std::string>& text) {
  return text ? std::optional<std::string_view>{*text} : std::nullopt;
}

}  // namespace

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

// Answers with JSON, unless there is something to say before the answer: then the response becomes
// an event stream. The status must go out first, so it is settled as late as possible.
class McpEndpoint::PostResponder final : public call::Responder {
 public:
  PostResponder(std::shared_ptr<HttpConnection> connection, const std::string& accept)
      : connection_(std::move(connection)),
        takes_json_(accepts(accept, kJson)),
        takes_events_(accepts(accept, kEventStream)) {}

  void notify(std::string message) override {
    if (!takes_events_) return;
    open_stream();
    connection_->send_event(message, true);
  }

  bool ask(std::string request) override {
    if (!takes_events_ || !connection_->is_open()) return false;
    open_stream();
    return connection_->send_event(request, false);
  }

  void answer(mcp::Answer answer) override {
    // A refusal keeps its status, whatever the client would rather read.
    if (!connection_->is_streaming() && (takes_json_ || answer.http_status != 200)) {
      connection_->respond(to_response(std::move(answer)));
      return;
    }
    open_stream();
    connection_->send_event(answer.json, false);
    connection_->end_stream();
  }

  // The request was cancelled by the client: the response ends without an answer.
  void end_unanswered() {
    open_stream();
    connection_->end_stream();
  }

 private:
  void open_stream() {
    if (!connection_->is_streaming()) connection_->begin_stream({});
  }

  std::shared_ptr<HttpConnection> connection_;
  bool takes_json_;
  bool takes_events_;
};

McpEndpoint::McpEndpoint(call::Dispatcher& dispatcher, const HttpOptions& options, HostRules rules,
                         Admission& admission)
    : dispatcher_(dispatcher),
      options_(options),
      rules_(std::move(rules)),
      admission_(admission),
      sessions_(options.max_sessions, options.session_idle) {}

std::optional<Rejection> McpEndpoint::admit(HttpHead& head, const Peer& peer) {
  if (!rules_.allows_host(head.host)) return Rejection{421, "the Host is not one of this server"};
  if (head.origin && !rules_.allows_origin(*head.origin)) {
    return Rejection{403, "the Origin is not allowed"};
  }
  return admission_.admit(head, peer);
}

void McpEndpoint::handle(const std::shared_ptr<HttpConnection>& connection, HttpHead head,
                         std::string body) {
  Exchange exchange{connection, std::move(head)};
  if (exchange.head.path != options_.path) {
    exchange.refuse(invalid_request(404, "There is nothing here; MCP is at " + options_.path));
  } else if (exchange.head.method == "POST") {
    post(exchange, std::move(body));
  } else if (exchange.head.method == "DELETE") {
    end_session(exchange);
  } else {
    HttpResponse response = to_response(
        mcp::to_answer(invalid_request(405, "The method is not allowed here"), std::nullopt));
    response.headers = "Allow: POST, DELETE\r\n";
    exchange.respond(response);
  }
}

void McpEndpoint::post(const Exchange& exchange, std::string body) {
  if (exchange.head.content_type != kJson) {
    exchange.refuse(invalid_request(415, "Content-Type must be application/json"));
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
  const auto call =
      dispatcher_.dispatch({std::move(message), version, exchange.head.principal, std::move(client),
                            responder, exchange.connection->peer().site, &exchange.head.mcp_params,
                            call::Transport::kHttp, exchange.connection->peer().address});
  if (!call) return;
  exchange.connection->on_abort([this, weak = std::weak_ptr{call}] {
    if (const auto live = weak.lock()) dispatcher_.cancel(live);
  });
}

void McpEndpoint::initialize(const Exchange& exchange, const mcp::Message& message) {
  auto session = call::LegacySession::open(message);
  if (!session) {
    exchange.refuse(mcp::invalid_params("Invalid params: protocolVersion is required"),
                    message.id());
    return;
  }
  const mcp::Version version = session->version();
  HttpResponse response = to_response(
      mcp::result_answer(message.id(), mcp::initialize_result(dispatcher_.server_info(), version)));
  response.headers =
      "Mcp-Session-Id: " + sessions_.add(std::move(session), exchange.head.principal.name) + "\r\n";
  exchange.respond(response);
}

// Null when the response says why.
std::shared_ptr<HttpSession> McpEndpoint::session_of(const Exchange& exchange) {
  if (!exchange.head.session_id) {
    exchange.refuse(invalid_request(400, "Mcp-Session-Id is required; initialize first"));
    return nullptr;
  }
  auto session = find_session(exchange);
  if (!session) exchange.refuse(invalid_request(404, "The session is not known; initialize again"));
  return session;
}

// Somebody else's session is as unknown as one that does not exist: an id is no credential.
std::shared_ptr<HttpSession> McpEndpoint::find_session(const Exchange& exchange) {
  return sessions_.find(*exchange.head.session_id, exchange.head.principal.name);
}

void McpEndpoint::legacy(const Exchange& exchange, std::unique_ptr<mcp::Message> message) {
  const auto session = session_of(exchange);
  if (!session) return;
  if (const auto& named = exchange.head.protocol_version; named && !mcp::parse_version(*named)) {
    exchange.refuse(invalid_request(400, "MCP-Protocol-Version is not supported"));
    return;
  }
  if (message->kind() != mcp::Message::Kind::kRequest) {
    take_notification(*session, *message);
    exchange.respond(empty_response(202));
    return;
  }
  dispatch_legacy(exchange, *session, std::move(message),
                  std::make_shared<PostResponder>(exchange.connection, exchange.head.accept));
}

void McpEndpoint::take_notification(HttpSession& session, const mcp::Message& message) {
  if (message.kind() == mcp::Message::Kind::kResponse) {
    dispatcher_.client_answered(session.legacy, message);
    return;
  }
  if (message.method() != "notifications/cancelled") return;
  const auto call = session.calls.find(call::cancelled_request(message));
  if (!call || !call->responder) return;
  const auto post = std::dynamic_pointer_cast<PostResponder>(call->responder);
  dispatcher_.cancel(call);
  if (post) post->end_unanswered();
}

void McpEndpoint::dispatch_legacy(const Exchange& exchange, HttpSession& session,
                                  std::unique_ptr<mcp::Message> message,
                                  const std::shared_ptr<call::Responder>& responder) {
  const std::string id = message->id().to_json();
  if (const auto running = session.calls.find(id); running && running->responder) {
    responder->answer(mcp::to_answer(invalid_request(400, "A request with this id is still open"),
                                     message->id()));
    return;
  }
  const auto call = dispatcher_.dispatch(
      {std::move(message), session.legacy->version(), exchange.head.principal,
       session.legacy->client(), responder, exchange.connection->peer().site, nullptr,
       call::Transport::kHttp, exchange.connection->peer().address, session.legacy});
  // In this era a lost connection does not mean that the call is unwanted.
  if (call) session.calls.add(id, call);
}

// Null where batches do not exist; then the array is refused like any other that is no message.
std::shared_ptr<HttpSession> McpEndpoint::batch_session(const Exchange& exchange) {
  if (!exchange.head.session_id) return nullptr;
  auto session = find_session(exchange);
  const bool has_batches = session && session->legacy->version() == mcp::Version::k2025_03_26;
  return has_batches ? session : nullptr;
}

void McpEndpoint::legacy_batch(const Exchange& exchange, HttpSession& session,
                               const std::string& body) {
  auto texts = split_batch(body, parser_, json_limits());
  if (!texts) {
    exchange.refuse(invalid_request(400, "Invalid Request: " + texts.error().message()));
    return;
  }
  const auto batch = std::make_shared<BatchAnswer>([exchange](std::string json) {
    if (json.empty()) {
      exchange.respond(empty_response(202));
    } else {
      exchange.respond({200, kJson, std::move(json), {}});
    }
  });
  for (std::string& text : *texts) {
    auto parsed = mcp::Message::parse(std::move(text), parser_, json_limits());
    if (const auto* refused = std::get_if<mcp::Message::Refused>(&parsed)) {
      batch->part()->answer(mcp::to_answer(refused->failure, refused->id));
      continue;
    }
    auto message = std::move(std::get<std::unique_ptr<mcp::Message>>(parsed));
    if (message->kind() == mcp::Message::Kind::kRequest) {
      dispatch_legacy(exchange, session, std::move(message), batch->part());
    } else {
      take_notification(session, *message);
    }
  }
  if (batch->all_given()) exchange.respond(empty_response(202));
}

json::Limits McpEndpoint::json_limits() const {
  return {.depth = options_.json_depth,
          .members = options_.json_members,
          .elements = options_.json_values};
}

void McpEndpoint::end_session(const Exchange& exchange) {
  const auto session = session_of(exchange);
  if (!session) return;
  sessions_.remove(*exchange.head.session_id);
  exchange.respond(empty_response(204));
}

}  // namespace toolpost::transport
