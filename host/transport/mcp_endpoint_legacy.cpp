// SPDX-License-Identifier: Apache-2.0
// The half of McpEndpoint that serves the legacy era: sessions, batches, and streams that a client
// opens by GET.
#include "call/client_facts.hpp"
#include "transport/mcp_exchange.hpp"

namespace toolpost::transport {

void McpEndpoint::initialize(const Exchange& exchange, const mcp::Message& message) {
  auto session = call::LegacySession::open(message);
  if (!session) {
    exchange.refuse(mcp::invalid_params("Invalid params: protocolVersion is required"),
                    message.id());
    return;
  }
  const mcp::Version version = session->version();
  dispatcher_.open_session(session);
  auto id =
      sessions_.add(std::move(session), exchange.head.principal.owner(), identity::unix_now());
  if (!id) {
    exchange.refuse({.code = mcp::kInternalError, .message = id.error().message()}, message.id());
    return;
  }
  HttpResponse response = to_response(
      mcp::result_answer(message.id(), mcp::initialize_result(dispatcher_.server_info(), version)));
  response.headers = "Mcp-Session-Id: " + *id + "\r\n";
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
  auto session = sessions_.find(*exchange.head.session_id, exchange.head.principal.owner(),
                                identity::unix_now());
  if (!session) return nullptr;
  session->used_by(exchange.head.principal);
  if (!session->legacy->registration) dispatcher_.open_session(session->legacy);
  return session;
}

// True when the request names a version that there is not; the response says so then.
bool McpEndpoint::refuses_version(const Exchange& exchange) {
  const auto& named = exchange.head.protocol_version;
  if (!named || mcp::parse_version(*named)) return false;
  exchange.refuse(invalid_request(400, "MCP-Protocol-Version is not supported"));
  return true;
}

void McpEndpoint::legacy(const Exchange& exchange, std::unique_ptr<mcp::Message> message) {
  const auto session = session_of(exchange);
  if (!session) return;
  if (refuses_version(exchange)) return;
  if (message->kind() != mcp::Message::Kind::kRequest) {
    take_notification(*session, *message);
    exchange.respond(empty_response(202));
    return;
  }
  const auto responder = std::make_shared<SessionResponder>(
      exchange.connection, exchange.head.accept, session->streams, session->legacy->version(),
      StreamTimes{options_.sse_keepalive, options_.sse_pause, options_.sse_retry});
  responder->start();
  dispatch_legacy(exchange, *session, std::move(message), responder);
}

void McpEndpoint::take_notification(HttpSession& session, const mcp::Message& message) {
  if (message.kind() == mcp::Message::Kind::kResponse) {
    dispatcher_.client_answered(session.legacy, message);
    return;
  }
  if (message.method() == "notifications/initialized") dispatcher_.client_is_ready(session.legacy);
  if (message.method() != "notifications/cancelled") return;
  const auto call = session.calls.find(call::cancelled_request(message));
  if (!call || !call->responder) return;
  const auto post = std::dynamic_pointer_cast<SessionResponder>(call->responder);
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

void McpEndpoint::end_session(const Exchange& exchange) {
  if (refuses_version(exchange)) return;
  const auto session = session_of(exchange);
  if (!session) return;
  if (const auto ended = sessions_.end(*exchange.head.session_id); !ended) {
    exchange.refuse({.code = mcp::kInternalError,
                     .message = "The session could not be ended; the log of the server says why",
                     .http_status = 503,
                     .retry_after_s = 1});
    return;
  }
  exchange.respond(empty_response(204));
}

// A stream for what belongs to no request, or the rest of one that broke.
void McpEndpoint::open_stream(const Exchange& exchange) {
  if (refuses_version(exchange)) return;
  if (!accepts(exchange.head.accept, kEventStream)) {
    exchange.refuse(invalid_request(406, "Accept must allow text/event-stream"));
    return;
  }
  const auto session = session_of(exchange);
  if (!session) return;
  std::shared_ptr<SessionStream> stream;
  std::uint64_t seen = 0;
  if (exchange.head.last_event_id) {
    const auto id = EventId::parse(*exchange.head.last_event_id);
    if (id) stream = session->streams->find(id->stream);
    if (!stream || !stream->can_go_on_after(id->number)) {
      exchange.refuse(invalid_request(400, "What came after Last-Event-ID is not known any more"));
      return;
    }
    seen = id->number;
    // The server may not have noticed yet that the connection before is broken.
    stream->pause();
  } else {
    stream = session->streams->open_standalone();
    if (stream->is_attached()) {
      exchange.refuse(invalid_request(409, "The session has such a stream already"));
      return;
    }
    seen = stream->last_number();
    session->legacy->push = [weak = std::weak_ptr{stream}](std::string message) {
      if (const auto live = weak.lock()) live->send(std::move(message));
    };
  }
  exchange.connection->on_abort([weak = std::weak_ptr{stream}] {
    if (const auto live = weak.lock()) live->detach();
  });
  stream->attach(exchange.connection, seen, options_.sse_retry);
}

}  // namespace toolpost::transport
