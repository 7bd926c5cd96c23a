// SPDX-License-Identifier: Apache-2.0
#include "transport/session_table.hpp"

#include <algorithm>

namespace toolpost::transport {

Result<std::string> SessionTable::add(std::shared_ptr<call::LegacySession> session,
                                      std::string owner, std::int64_t now) {
  const std::int64_t expires = now + std::chrono::seconds{kSessionLife}.count();
  auto id = make_session_id(keys_, {.version = session->version(),
                                    .client = session->client(),
                                    .owner = owner,
                                    .expires = expires});
  if (id) keep(*id, std::move(session), std::move(owner), expires);
  return id;
}

std::shared_ptr<HttpSession> SessionTable::keep(const std::string& id,
                                                std::shared_ptr<call::LegacySession> session,
                                                std::string owner, std::int64_t expires) {
  if (sessions_.size() >= capacity_) make_room(owner);
  auto entry = std::make_shared<HttpSession>();
  entry->streams = std::make_shared<SessionStreams>(session->version());
  entry->legacy = std::move(session);
  entry->owner = std::move(owner);
  entry->expires = expires;
  entry->last_used = std::chrono::steady_clock::now();
  sessions_.emplace(id, entry);
  return entry;
}

void SessionTable::make_room(std::string_view owner) {
  const auto own = static_cast<std::size_t>(
      std::count_if(sessions_.begin(), sessions_.end(),
                    [&](const auto& entry) { return entry.second->owner == owner; }));
  const bool among_own = own > capacity_ / kShare;
  const auto oldest =
      std::min_element(sessions_.begin(), sessions_.end(), [&](const auto& a, const auto& b) {
        const bool a_counts = !among_own || a.second->owner == owner;
        const bool b_counts = !among_own || b.second->owner == owner;
        if (a_counts != b_counts) return a_counts;
        return a.second->last_used < b.second->last_used;
      });
  forget(std::string{oldest->first});
}

void SessionTable::forget(const std::string& id) {
  const auto place = sessions_.find(id);
  if (place == sessions_.end()) return;
  place->second->streams->end_standalone();
  sessions_.erase(place);
}

std::shared_ptr<HttpSession> SessionTable::find(const std::string& id, std::string_view owner,
                                                std::int64_t now) {
  if (ended_.has(id)) {
    forget(id);
    return nullptr;
  }
  if (const auto place = sessions_.find(id); place != sessions_.end()) {
    if (place->second->owner != owner || place->second->expires <= now) return nullptr;
    place->second->last_used = std::chrono::steady_clock::now();
    return place->second;
  }
  auto facts = read_session_id(keys_, id, now);
  if (!facts || facts->owner != owner) return nullptr;
  return keep(id, call::LegacySession::resume(facts->version, std::move(facts->client)),
              std::move(facts->owner), facts->expires);
}

Result<> SessionTable::end(const std::string& id) {
  if (auto ended = ended_.add(id); !ended) return ended;
  forget(id);
  return {};
}

void SessionTable::sweep(std::chrono::steady_clock::time_point now) {
  std::erase_if(sessions_, [&](const auto& entry) {
    HttpSession& session = *entry.second;
    if (session.streams->is_listening() || session.calls.any_open()) session.last_used = now;
    return now - session.last_used > idle_;
  });
}

void SessionTable::revoke(const std::function<bool(const identity::Principal&)>& is_valid) {
  std::erase_if(sessions_, [&](const auto& entry) {
    const auto& users = entry.second->users;
    if (std::all_of(users.begin(), users.end(), is_valid)) return false;
    entry.second->streams->end_standalone();
    return true;
  });
}

void SessionTable::end_streams() {
  for (const auto& entry : sessions_) entry.second->streams->end_standalone();
}

}  // namespace toolpost::transport
