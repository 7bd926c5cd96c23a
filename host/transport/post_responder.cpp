// SPDX-License-Identifier: Apache-2.0
#include "transport/post_responder.hpp"

#include "transport/http_head.hpp"

#include <utility>

namespace toolpost::transport {

HttpResponse to_response(mcp::Answer answer) {
  HttpResponse response{answer.http_status, kJson, std::move(answer.json), {}};
  if (answer.retry_after_s != 0) {
    response.headers = "Retry-After: " + std::to_string(answer.retry_after_s) + "\r\n";
  }
  return response;
}

PostResponder::PostResponder(std::shared_ptr<HttpConnection> connection, const std::string& accept)
    : connection_(std::move(connection)),
      takes_json_(accepts(accept, kJson)),
      takes_events_(accepts(accept, kEventStream)) {}

// So that nobody on the way thinks that the connection is dead: a stream is kept alive by comments.
void PostResponder::watch(const std::shared_ptr<PostResponder>& self,
                          std::chrono::milliseconds quiet) {
  if (!self->takes_events_) return;
  const auto due = HttpConnection::Clock::now() + quiet;
  self->connection_->on_tick(
      [weak = std::weak_ptr{self}, due](HttpConnection::Clock::time_point now) {
        const auto live = weak.lock();
        if (live && now >= due) live->open_stream();
      });
}

void PostResponder::notify(std::string message) {
  if (!takes_events_) return;
  open_stream();
  connection_->send_event({.data = message}, true);
}

bool PostResponder::deliver(std::string message) {
  open_stream();
  return connection_->send_event({.data = message}, true);
}

void PostResponder::answer(mcp::Answer answer) {
  // A refusal keeps its status, whatever the client would rather read.
  if (!connection_->is_streaming() && (takes_json_ || answer.http_status != 200)) {
    connection_->respond(to_response(std::move(answer)));
    return;
  }
  open_stream();
  connection_->send_event({.data = answer.json}, false);
  connection_->end_stream();
}

void PostResponder::open_stream() {
  if (!connection_->is_streaming()) connection_->begin_stream({});
}

SessionResponder::SessionResponder(std::shared_ptr<HttpConnection> connection,
                                   const std::string& accept,
                                   std::shared_ptr<SessionStreams> streams, mcp::Version version,
                                   const StreamTimes& times)
    : connection_(std::move(connection)),
      streams_(std::move(streams)),
      version_(version),
      times_(times),
      takes_json_(accepts(accept, kJson)),
      takes_events_(accepts(accept, kEventStream)) {}

void SessionResponder::start() {
  const std::weak_ptr<SessionResponder> weak = weak_from_this();
  connection_->on_abort([weak] {
    const auto self = weak.lock();
    if (!self) return;
    if (self->stream_) self->stream_->detach();
    self->connection_.reset();
  });
  if (!takes_events_) return;
  connection_->on_tick([weak](HttpConnection::Clock::time_point now) {
    if (const auto self = weak.lock()) self->tick(now);
  });
}

void SessionResponder::open_stream() {
  if (stream_) return;
  stream_ = streams_->open();
  if (connection_) stream_->attach(std::exchange(connection_, nullptr), 0, times_.retry);
}

// An answer that takes long gets a stream, so that nobody on the way thinks that it is dead; and
// one that takes longer lets go of its connection, where that is configured.
void SessionResponder::tick(HttpConnection::Clock::time_point now) {
  const auto passed = now - begun_;
  const bool pauses = times_.pause.count() != 0 && version_ >= mcp::Version::k2025_11_25;
  if (pauses && !paused_ && passed >= times_.pause) {
    paused_ = true;
    open_stream();
    stream_->pause();
  } else if (!stream_ && passed >= times_.quiet) {
    open_stream();
  }
}

void SessionResponder::notify(std::string message) {
  if (!takes_events_) return;
  open_stream();
  stream_->send(std::move(message));
}

bool SessionResponder::deliver(std::string message) {
  notify(std::move(message));
  return takes_events_;
}

bool SessionResponder::ask(std::string request) {
  if (!takes_events_) return false;
  open_stream();
  stream_->send(std::move(request));
  return true;
}

void SessionResponder::answer(mcp::Answer answer) {
  if (!stream_ && connection_ && (takes_json_ || answer.http_status != 200)) {
    std::exchange(connection_, nullptr)->respond(to_response(std::move(answer)));
    return;
  }
  open_stream();
  stream_->send(std::move(answer.json));
  stream_->end();
}

void SessionResponder::end_unanswered() {
  open_stream();
  stream_->end();
}

}  // namespace toolpost::transport
