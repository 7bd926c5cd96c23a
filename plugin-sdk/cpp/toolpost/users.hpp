// SPDX-License-Identifier: Apache-2.0
// The host's user store, for plugins that manage users. Over the extension toolpost.users/1, which
// the operator grants.
#pragma once

#include <toolpost/call.hpp>
#include <toolpost/ext/users.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::sdk {

// Times are RFC 3339 in UTC, as "2026-01-31T12:00:00Z".
struct UserKey {
  std::string id;  // tells keys apart, and proves nothing
  std::string created_at;
  std::chrono::seconds age{0};
  std::string last_used_at;  // to the hour; empty: never
  std::string expires_at;    // empty: never
};

struct User {
  std::string username;
  std::string role;
  std::string created_at;
  bool disabled = false;
  std::vector<UserKey> keys;
};

struct NewUser {
  std::string username;
  std::string role = "user";
  std::string api_key;     // at least 32 characters; empty: the host makes one
  std::string expires_at;  // RFC 3339; empty: never
};

struct Rotation {
  std::chrono::seconds grace{std::chrono::hours{24}};  // how long the old key still counts
  std::string expires_at;                              // of the new key; empty: never
};

// A new key. This is the one copy of it: hand it to the caller, mark it with
// Result::mark_secret(), and keep it nowhere.
struct IssuedKey {
  User user;
  std::string api_key;
};

// As in the extension: null where there is no time.
Json to_json(const User& user);

// What may be done with users on behalf of the caller of one running Call, whose role must be
// "admin". Lives no longer than the Call; worker threads only; may block for seconds while other
// replicas write. What succeeded is durable.
//
// Every function throws Error, whose message may be shown to the caller: kDenied when the caller is
// no admin or the server would be left without one, kNotFound, kInvalid (also when the name is
// taken), kUnavailable when the store cannot be written now, kUnsupported when the operator has not
// granted the extension or this server has no users. Typical use:
//   const IssuedKey issued = Users(call).create({"ann"});
class Users {
 public:
  // For Plugin::host_extension(): null means that no function here will succeed.
  static constexpr const char* kExtension = TOOLPOST_EXT_USERS;

  explicit Users(const Call& call) noexcept : call_(call) {}

  std::vector<User> list() const;
  IssuedKey create(const NewUser& user) const;
  // The user as it was.
  User remove(std::string_view username) const;
  // Of two keys that count at once the older ends with the next rotation.
  IssuedKey rotate_key(std::string_view username, const Rotation& rotation = {}) const;
  User set_disabled(std::string_view username, bool disabled) const;
  User set_role(std::string_view username, std::string_view role) const;

 private:
  Json manage(std::string_view operation, const Json& arguments) const;

  const Call& call_;
};

}  // namespace toolpost::sdk
