// SPDX-License-Identifier: Apache-2.0
// Who may come in, kept in one file that replicas share. Every change reads the file anew under the
// lock, keeps the rules, and is on the disk when its function returns.
#pragma once

#include "base/published.hpp"
#include "identity/user_table.hpp"
#include "identity/users_file.hpp"

#include <memory>
#include <span>
#include <utility>

namespace toolpost::identity {

// How long a change waits for the changes of others, and how long a note of who came.
inline constexpr std::chrono::milliseconds kLockPatience{10'000};
inline constexpr std::chrono::milliseconds kUsePatience{1'000};
// Keys of a user that may count at once; a rotation ends the oldest beyond.
inline constexpr std::size_t kMaxKeysPerUser = 2;
// How old the recorded use of a key gets before a newer one is written down.
inline constexpr UnixSeconds kLastUseResolution = 3600;
inline constexpr UnixSeconds kMaxGrace = 30LL * 24 * 3600;

// A key for somebody: generated when none is given.
struct KeyWish {
  std::optional<Secret> key{};
  std::optional<UnixSeconds> expires_at{};
};

struct NewUser {
  std::string username;
  std::string role;
  KeyWish key{};
};

// The one copy of a new key.
struct Issued {
  UserRecord user;
  Secret key;
};

struct KeyUse {
  std::string username;
  std::string key_id;
  UnixSeconds at = 0;
};

// Why there is no first admin to be made in this file.
Error has_users_already(const std::string& path);

// Callable from any thread; everything may block on the disk and on the lock. `now` is the time of
// the change. Errors: kDenied for a file that is damaged or may not be trusted, kState for a change
// that would leave nobody to manage users, kInvalid for wrong arguments, kExists, kNotFound,
// kUnavailable when others hold the lock too long; the message names the remedy.
class UserStore {
 public:
  // `roles` are the ones that users can be given; kAdminRole always is one.
  UserStore(std::string path, std::vector<std::string> roles);

  // Others from now on. By one thread.
  void set_roles(std::vector<std::string> roles);

  const std::string& path() const noexcept { return path_; }

  // What the file holds now. `known` itself while the file is the one it was made from; telling
  // that takes an open and a stat. No file is no error: the table says so.
  Result<std::shared_ptr<const UserTable>> read(std::shared_ptr<const UserTable> known = {}) const;
  Result<UserRecords> list() const;

  Result<Issued> create(const NewUser& user, UnixSeconds now) const;
  // Only while there is no user at all.
  Result<Issued> create_first_admin(const NewUser& user, UnixSeconds now) const;
  Result<UserRecord> remove(std::string_view username, UnixSeconds now) const;
  // The newest of the old keys counts for `grace` seconds more, the others end.
  Result<Issued> rotate_key(std::string_view username, const KeyWish& wish, UnixSeconds grace,
                            UnixSeconds now) const;
  Result<UserRecord> set_disabled(std::string_view username, bool disabled, UnixSeconds now) const;
  Result<UserRecord> set_role(std::string_view username, const std::string& role,
                              UnixSeconds now) const;
  // For whoever owns the file and has lost the key: an admin is enabled and gets a new key, the old
  // ones end.
  Result<Issued> recover_admin(std::string_view username, const KeyWish& wish,
                               UnixSeconds now) const;
  // What is gone stays gone, and a use that is little newer than the recorded one is not written.
  Result<> record_uses(std::span<const KeyUse> uses) const;

 private:
  // Applies the function under the lock and writes what it made of the records, unless it has an
  // error or that would lower the state of the admins.
  template <class Apply>
  auto change(UnixSeconds now, const Apply& apply,
              std::chrono::milliseconds patience = kLockPatience) const
      -> decltype(apply(std::declval<UserRecords&>()));
  Result<> check_role(const std::string& role) const;

  std::string path_;
  std::unique_ptr<Published<std::vector<std::string>>> roles_;  // elsewhere, so that this can move
};

}  // namespace toolpost::identity
