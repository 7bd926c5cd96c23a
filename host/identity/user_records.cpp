// SPDX-License-Identifier: Apache-2.0
#include "identity/user_records.hpp"

#include "base/ascii.hpp"

#include <algorithm>

namespace toolpost::identity {
namespace {

constexpr const char* kAnonymous = "anonymous";
constexpr std::string_view kReserved[] = {kLegacy, kLocal, kAnonymous};

AdminState admin_state(const UserRecord& user, UnixSeconds now) {
  AdminState state = AdminState::kNone;
  if (user.disabled || user.role != kAdminRole) return state;
  for (const KeyRecord& key : user.keys) {
    if (!key.expires_at) return AdminState::kLasting;
    if (key.is_usable(now)) state = AdminState::kForNow;
  }
  return state;
}

}  // namespace

std::vector<UserRecord>::iterator UserRecords::place_of(std::string_view username) {
  return std::lower_bound(
      users.begin(), users.end(), username,
      [](const UserRecord& user, std::string_view name) { return user.username < name; });
}

UserRecord* UserRecords::find(std::string_view username) {
  const auto place = place_of(username);
  return place != users.end() && place->username == username ? &*place : nullptr;
}

AdminState admin_state(const UserRecords& records, UnixSeconds now) {
  AdminState state = AdminState::kNone;
  for (const UserRecord& user : records.users) state = std::max(state, admin_state(user, now));
  return state;
}

Result<> check_username(std::string_view username) {
  const bool fits = !username.empty() && username.size() <= kMaxUsernameLength &&
                    (is_lower(username.front()) || is_digit(username.front())) &&
                    std::all_of(username.begin(), username.end(), [](char c) {
                      return is_lower(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
                    });
  if (!fits) {
    return invalid(
        "a username is 1 to 63 of a-z, 0-9, '.', '_' and '-', and begins with a letter or a digit");
  }
  if (std::find(std::begin(kReserved), std::end(kReserved), username) != std::end(kReserved)) {
    return invalid("the username \"" + std::string{username} +
                   "\" is reserved for the server itself; choose another");
  }
  return {};
}

Result<> check_role_name(std::string_view role) {
  const bool fits = !role.empty() && role.size() <= kMaxRoleLength && is_lower(role.front()) &&
                    std::all_of(role.begin(), role.end(), [](char c) {
                      return is_lower(c) || is_digit(c) || c == '_' || c == '-';
                    });
  if (fits) return {};
  return invalid("a role is 1 to 32 of a-z, 0-9, '_' and '-', and begins with a letter");
}

}  // namespace toolpost::identity
