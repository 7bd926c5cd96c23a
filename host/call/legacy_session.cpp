// SPDX-License-Identifier: Apache-2.0
#include "call/legacy_session.hpp"

namespace toolpost::call {

std::shared_ptr<LegacySession> LegacySession::open(const mcp::Message& initialize) {
  const json::Value* requested = initialize.param("protocolVersion");
  if (requested == nullptr || !requested->is_string()) return nullptr;
  auto session = std::make_shared<LegacySession>();
  session->version_ = mcp::negotiate(requested->as_string());
  session->client_ =
      make_client_facts(session->version_, initialize.param("capabilities"),
                        initialize.param_text("capabilities"), initialize.param_text("clientInfo"));
  return session;
}

std::shared_ptr<LegacySession> LegacySession::resume(mcp::Version version, ClientFacts client) {
  auto session = std::make_shared<LegacySession>();
  session->version_ = version;
  session->client_ = std::move(client);
  session->is_initialized = true;
  return session;
}

void LiveCalls::add(const std::string& request_id, const std::shared_ptr<Call>& call) {
  if (calls_.size() >= forget_at_) forget_finished();
  calls_.insert_or_assign(request_id, call);
}

std::shared_ptr<Call> LiveCalls::find(const std::string& request_id) const {
  const auto place = calls_.find(request_id);
  auto call = place == calls_.end() ? nullptr : place->second.lock();
  while (call) {
    auto next = call->next_round.lock();
    if (!next) break;
    call = std::move(next);
  }
  // A task is no longer its request's.
  if (call && call->task) return nullptr;
  return call;
}

bool LiveCalls::any_open() const {
  return std::any_of(calls_.begin(), calls_.end(), [this](const auto& entry) {
    const auto call = find(entry.first);
    return call && call->responder;
  });
}

void LiveCalls::forget_finished() {
  std::erase_if(calls_, [](const auto& entry) { return entry.second.expired(); });
  // Twice what is left, so that the work stays proportional to the number of calls.
  forget_at_ = std::max<std::size_t>(64, calls_.size() * 2);
}

std::string cancelled_request(const mcp::Message& notification) {
  const json::Value* id = notification.param("requestId");
  const auto request = id == nullptr ? std::nullopt : mcp::RequestId::from(*id);
  return request ? request->to_json() : std::string{};
}

}  // namespace toolpost::call
