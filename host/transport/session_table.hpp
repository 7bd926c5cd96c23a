// SPDX-License-Identifier: Apache-2.0
// What this process keeps of the legacy sessions that it serves. What the handshake settled stands
// in the id; streams, subscriptions and the log level are only here.
#pragma once

#include "call/legacy_session.hpp"
#include "transport/ended_sessions.hpp"
#include "transport/session_id.hpp"
#include "transport/session_stream.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace toolpost::transport {

struct HttpSession {
  std::shared_ptr<call::LegacySession> legacy;
  std::string owner;  // name of the principal that opened it
  std::int64_t expires = 0;
  call::LiveCalls calls;
  std::shared_ptr<SessionStreams> streams;
  std::chrono::steady_clock::time_point last_used;
  // Who has used it on this replica: the owner, once for each key and role.
  std::vector<identity::Principal> users;

  void used_by(const identity::Principal& user) {
    if (std::find(users.begin(), users.end(), user) == users.end()) users.push_back(user);
  }
};

// Belongs to the I/O thread. The keys and the ended sessions outlive it.
class SessionTable {
 public:
  SessionTable(std::size_t capacity, std::chrono::milliseconds idle, const identity::SealKeys& keys,
               EndedSessions& ended)
      : capacity_(capacity), idle_(idle), keys_(keys), ended_(ended) {}

  // The new session's id. When the table is full the one that was idle longest makes room, one of
  // the owner's own when they have more than their share: nobody can put the others out.
  Result<std::string> add(std::shared_ptr<call::LegacySession> session, std::string owner,
                          std::int64_t now);
  // Null when unknown, ended, expired or somebody else's; a found session counts as used. One that
  // another replica has begun, or that was idle for long, comes without what is only kept here.
  std::shared_ptr<HttpSession> find(const std::string& id, std::string_view owner,
                                    std::int64_t now);
  // For good, on every replica.
  Result<> end(const std::string& id);
  // Those that were idle for long. Who has a stream or a call open is waiting, not idle.
  void sweep(std::chrono::steady_clock::time_point now);
  // What is kept of a session that somebody has used whose right has ended: streams, subscriptions,
  // log level. Its owner can go on with another key, and begins anew.
  void revoke(const std::function<bool(const identity::Principal&)>& is_valid);
  // The server stops: whoever waits for more is told that nothing comes.
  void end_streams();

  std::size_t size() const noexcept { return sessions_.size(); }

 private:
  // Of the capacity, for one owner.
  static constexpr std::size_t kShare = 4;

  std::shared_ptr<HttpSession> keep(const std::string& id,
                                    std::shared_ptr<call::LegacySession> session, std::string owner,
                                    std::int64_t expires);
  void make_room(std::string_view owner);
  // Its client hears that its stream has ended.
  void forget(const std::string& id);

  std::size_t capacity_;
  std::chrono::milliseconds idle_;
  const identity::SealKeys& keys_;
  EndedSessions& ended_;
  std::unordered_map<std::string, std::shared_ptr<HttpSession>> sessions_;
};

}  // namespace toolpost::transport
