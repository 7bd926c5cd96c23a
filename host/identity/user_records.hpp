// SPDX-License-Identifier: Apache-2.0
// The users as they are kept, and the rules that hold whoever writes them.
#pragma once

#include "base/error.hpp"
#include "identity/api_key.hpp"
#include "identity/principal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::identity {

inline constexpr std::size_t kMaxUsernameLength = 63;
inline constexpr std::size_t kMaxRoleLength = 32;
inline constexpr const char* kAdminRole = "admin";

struct KeyRecord {
  std::string id;  // unique among the keys of its user
  KeyDigest digest{};
  UnixSeconds created_at = 0;
  std::optional<UnixSeconds> last_used_at{};
  std::optional<UnixSeconds> expires_at{};  // from then on it is worth nothing

  bool is_usable(UnixSeconds now) const noexcept { return !expires_at || now < *expires_at; }
};

struct UserRecord {
  std::string username;
  std::string role;
  UnixSeconds created_at = 0;
  bool disabled = false;
  std::vector<KeyRecord> keys{};  // oldest first
};

struct UserRecords {
  std::uint64_t version = 0;        // counts the writes of the file
  std::vector<UserRecord> users{};  // by username, each once

  UserRecord* find(std::string_view username);
  // Where the user stands, or would.
  std::vector<UserRecord>::iterator place_of(std::string_view username);
};

// How safe it is that somebody can still manage users: kNone < kForNow < kLasting. No change may
// lower it.
enum class AdminState : std::uint8_t {
  kNone,     // nobody could
  kForNow,   // an enabled admin whose keys all expire
  kLasting,  // an enabled admin with a key that never expires
};

AdminState admin_state(const UserRecords& records, UnixSeconds now);

// "^[a-z0-9][a-z0-9._-]{0,62}$" and no name that the host uses itself.
Result<> check_username(std::string_view username);
// "^[a-z][a-z0-9_-]{0,31}$".
Result<> check_role_name(std::string_view role);

}  // namespace toolpost::identity
