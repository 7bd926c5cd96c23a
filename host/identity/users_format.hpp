// SPDX-License-Identifier: Apache-2.0
// users.json as text. Format 2 is
//   {"format": 2, "version": 7, "users": [{"username": "ann", "role": "user", "created_at": TIME,
//     "disabled": false, "keys": [{"id": "k7f3a2b1", "sha256": 64 hex digits, "created_at": TIME,
//     "last_used_at"?: TIME, "expires_at"?: TIME}]}]}
// with RFC 3339 times. The older one, {"users": [{"username", "api_key_hash", "role",
// "created_at"}]} with times in UTC that name no zone, is read as version 0.
#pragma once

#include "identity/user_records.hpp"

#include <string>
#include <string_view>

namespace toolpost::identity {

inline constexpr std::int64_t kUsersFormat = 2;
inline constexpr std::size_t kMaxRolesInFile = 256;

// Whatever is not exactly one of the formats is an error: a member that is not known, a name that
// breaks the rules, a name or a key that stands there twice. Nothing is skipped. Messages name the
// place, never a key or its hash.
Result<UserRecords> parse_users(std::string_view text);

// In format 2, a user a line.
std::string write_users(const UserRecords& records);

}  // namespace toolpost::identity
