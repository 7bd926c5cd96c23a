// SPDX-License-Identifier: Apache-2.0
// The legacy sessions of this process by their Mcp-Session-Id. An id is unguessable, but it is no
// credential: whoever may call the server must say so with every request.
#pragma once

#include "call/legacy_session.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace toolpost::transport {

struct HttpSession {
  std::shared_ptr<call::LegacySession> legacy;
  std::string owner;  // name of the principal that opened it
  call::LiveCalls calls;
  std::chrono::steady_clock::time_point last_used;
};

// Belongs to the I/O thread.
class SessionTable {
 public:
  SessionTable(std::size_t capacity, std::chrono::milliseconds idle)
      : capacity_(capacity), idle_(idle) {}

  // The new session's id. When the table is full the one that was idle longest makes room, one of
  // the owner's own when they have more than their share: nobody can put the others out.
  std::string add(std::shared_ptr<call::LegacySession> session, std::string owner);
  // Null when unknown or somebody else's; a found session counts as used.
  std::shared_ptr<HttpSession> find(const std::string& id, std::string_view owner);
  bool remove(const std::string& id);
  void sweep(std::chrono::steady_clock::time_point now);

  std::size_t size() const noexcept { return sessions_.size(); }

 private:
  // Of the capacity, for one owner.
  static constexpr std::size_t kShare = 4;

  void make_room(std::string_view owner);

  std::size_t capacity_;
  std::chrono::milliseconds idle_;
  std::unordered_map<std::string, std::shared_ptr<HttpSession>> sessions_;
};

}  // namespace toolpost::transport
