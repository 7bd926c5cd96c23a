// SPDX-License-Identifier: Apache-2.0
// Who is asking. Never carries a credential.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace toolpost::identity {

// Seconds since 1970 in UTC, for what people have set: when a key ends.
using UnixSeconds = std::int64_t;

struct Principal {
  std::string name;       // stable subject id; empty: anonymous
  std::string role;       // empty: no rights at all
  std::string key_id;     // of the key that proved it; empty where there is none
  UnixSeconds since = 0;  // when the user's account was made; 0: it is no user's

  // Whose is what outlives a request. Not the name's alone: once its user is deleted, somebody else
  // may be given it.
  std::string owner() const { return since == 0 ? name : name + "@" + std::to_string(since); }

  friend bool operator==(const Principal&, const Principal&) = default;
};

// The caller on loopback or stdio while no authentication is configured. The host does not listen
// anywhere else without authentication, so this principal is always somebody on this machine.
inline constexpr const char* kLocal = "local";

inline Principal local_principal() {
  return {.name = kLocal, .role = "admin", .key_id = {}};
}

// Whoever has the single API key.
inline constexpr const char* kLegacy = "legacy";

inline UnixSeconds unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace toolpost::identity
