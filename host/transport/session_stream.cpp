// SPDX-License-Identifier: Apache-2.0
#include "transport/session_stream.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace toolpost::transport {
namespace {

// A session has so many streams that may still be resumed; the oldest go first.
constexpr std::size_t kMaxStreams = 64;

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

}  // namespace

std::string EventId::text() const {
  return std::to_string(stream) + "-" + std::to_string(number);
}

std::optional<EventId> EventId::parse(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto stream = number_of(text.substr(0, dash));
  const auto number = number_of(text.substr(dash + 1));
  if (!stream || !number) return std::nullopt;
  return EventId{*stream, *number};
}

void EventLog::add(EventId id, std::string data) {
  bytes_ += data.size();
  events_.push_back({id, std::move(data)});
  while (events_.size() > 1 && (events_.size() > kMaxEvents || bytes_ > kMaxBytes)) {
    bytes_ -= events_.front().data.size();
    events_.pop_front();
  }
}

void SessionStream::attach(std::shared_ptr<HttpConnection> connection, std::uint64_t seen,
                           std::chrono::milliseconds retry) {
  connection_ = std::move(connection);
  connection_->begin_stream({});
  prime(seen, retry);
  for (const EventLog::Event& event : log_.events()) {
    if (event.id.stream != number_ || event.id.number <= seen) continue;
    connection_->send_event({.data = event.data, .id = event.id.text()}, false);
  }
  if (ended_) end();
}

// A first event without data gives the client an id to come back with. Revisions that do not know
// it might take the empty data for a message. What is sent again after it has not been seen yet.
void SessionStream::prime(std::uint64_t seen, std::chrono::milliseconds retry) {
  if (version_ < mcp::Version::k2025_11_25) return;
  const EventId id{number_, seen};
  connection_->send_event(
      {.data = {}, .id = id.text(), .retry_ms = static_cast<int>(retry.count())}, false);
}

bool SessionStream::can_go_on_after(std::uint64_t seen) const {
  if (seen >= last_number()) return seen == last_number();
  const auto& events = log_.events();
  return std::any_of(events.begin(), events.end(), [&](const EventLog::Event& event) {
    return event.id.stream == number_ && event.id.number == seen + 1;
  });
}

void SessionStream::send(std::string data) {
  const EventId id{number_, next_++};
  // A client that does not read loses its connection, not the event: it comes back for it.
  if (is_attached() && !connection_->send_event({.data = data, .id = id.text()}, true)) {
    std::exchange(connection_, nullptr)->close();
  }
  log_.add(id, std::move(data));
}

void SessionStream::end() {
  ended_ = true;
  if (is_attached()) std::exchange(connection_, nullptr)->end_stream();
}

void SessionStream::pause() {
  if (is_attached()) std::exchange(connection_, nullptr)->end_stream();
}

std::shared_ptr<SessionStream> SessionStreams::open() {
  if (streams_.size() >= kMaxStreams) streams_.erase(streams_.begin());
  auto stream = std::make_shared<SessionStream>(next_++, log_, version_);
  streams_.emplace(stream->number(), stream);
  return stream;
}

std::shared_ptr<SessionStream> SessionStreams::open_standalone() {
  if (!standalone_) standalone_ = std::make_shared<SessionStream>(next_++, log_, version_);
  return standalone_;
}

void SessionStreams::end_standalone() {
  if (standalone_) standalone_->end();
}

bool SessionStreams::is_listening() const noexcept {
  return standalone_ && standalone_->is_attached();
}

std::shared_ptr<SessionStream> SessionStreams::find(std::uint64_t number) const {
  if (standalone_ && standalone_->number() == number) return standalone_;
  const auto place = streams_.find(number);
  return place == streams_.end() ? nullptr : place->second;
}

}  // namespace toolpost::transport
