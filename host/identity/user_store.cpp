// SPDX-License-Identifier: Apache-2.0
#include "identity/user_store.hpp"

#include "identity/users_format.hpp"

#include <algorithm>
#include <utility>

namespace toolpost::identity {
namespace {

constexpr const char* kNoAdminLeft =
    "no user would be left that is an enabled admin with a key that never expires; give that to "
    "another user first";

struct Held {
  UserRecords records;
  FileStamp stamp;
};

Result<Held> held_in(const UsersDirectory& directory) {
  const auto content = directory.read();
  if (!content) return content.error();
  if (!*content) return Held{};
  auto records = parse_users((*content)->text);
  if (!records) {
    return Error{Errc::kDenied, directory.path() + " is damaged: " + records.error().message() +
                                    "; restore it from a backup, or correct it"};
  }
  return Held{std::move(*records), (*content)->stamp};
}

Error no_such_user(std::string_view username) {
  // What is no username is not repeated.
  if (auto good = check_username(username); !good) return good.error();
  return {Errc::kNotFound, "there is no user \"" + std::string{username} + "\""};
}

struct MadeKey {
  KeyRecord record;
  Secret text;
};

bool is_taken(std::string_view id, const std::vector<KeyRecord>& keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const KeyRecord& key) { return key.id == id; });
}

// The id that the key says it has, if it can be had.
Result<std::string> id_for(const Secret& key, const std::vector<KeyRecord>& others) {
  const auto own = key_id_of(key.reveal());
  if (own && !is_taken(*own, others)) return std::string{*own};
  for (;;) {
    auto id = generate_key_id();
    if (!id || !is_taken(*id, others)) return id;
  }
}

bool is_in_use(const UserRecords& records, const KeyDigest& digest) {
  for (const UserRecord& user : records.users) {
    for (const KeyRecord& key : user.keys) {
      if (equal_in_constant_time(key.digest, digest)) return true;
    }
  }
  return false;
}

Result<MadeKey> given_key(const Secret& key, const UserRecord& owner) {
  if (auto strong = check_key_strength(key.reveal()); !strong) {
    return std::move(strong).error().in("the API key");
  }
  auto id = id_for(key, owner.keys);
  if (!id) return id.error();
  return MadeKey{{.id = std::move(*id)}, key};
}

Result<MadeKey> generated_key() {
  auto generated = generate_key();
  if (!generated) return generated.error();
  return MadeKey{{.id = std::move(generated->id)}, std::move(generated->key)};
}

// A key that nobody in `records` has, for `owner`, who may not be one of them yet.
Result<MadeKey> make_key(const UserRecords& records, const UserRecord& owner, const KeyWish& wish,
                         UnixSeconds now) {
  if (wish.expires_at && *wish.expires_at <= now) {
    return invalid("expires_at is not in the future");
  }
  auto made = wish.key ? given_key(*wish.key, owner) : generated_key();
  if (!made) return made;
  made->record.created_at = now;
  made->record.expires_at = wish.expires_at;
  made->record.digest = digest_of(made->text.reveal());
  if (is_in_use(records, made->record.digest)) {
    return Error{Errc::kExists, "the API key is in use already; choose another"};
  }
  return made;
}

// Of the old keys the newest that still counts, until `end`.
void keep_newest(std::vector<KeyRecord>& keys, UnixSeconds end, UnixSeconds now) {
  std::erase_if(keys, [&](const KeyRecord& key) { return !key.is_usable(now); });
  constexpr std::size_t kept = kMaxKeysPerUser - 1;
  if (keys.size() > kept) {
    keys.erase(keys.begin(), keys.end() - static_cast<std::ptrdiff_t>(kept));
  }
  for (KeyRecord& key : keys) key.expires_at = std::min(key.expires_at.value_or(end), end);
  std::erase_if(keys, [&](const KeyRecord& key) { return !key.is_usable(now); });
}

Result<Issued> insert(UserRecords& records, const NewUser& wanted, UnixSeconds now) {
  const auto place = records.place_of(wanted.username);
  if (place != records.users.end() && place->username == wanted.username) {
    return Error{Errc::kExists, "there is a user \"" + wanted.username + "\" already"};
  }
  UserRecord user{.username = wanted.username, .role = wanted.role, .created_at = now};
  auto made = make_key(records, user, wanted.key, now);
  if (!made) return made.error();
  user.keys.push_back(std::move(made->record));
  records.users.insert(place, user);
  return Issued{std::move(user), std::move(made->text)};
}

bool note_use(UserRecords& records, const KeyUse& use) {
  UserRecord* user = records.find(use.username);
  if (user == nullptr) return false;
  for (KeyRecord& key : user->keys) {
    if (key.id != use.key_id) continue;
    // A time in the future is of a clock that was wrong.
    const bool is_recent = key.last_used_at && *key.last_used_at <= use.at &&
                           use.at - *key.last_used_at < kLastUseResolution;
    if (is_recent) return false;
    key.last_used_at = use.at;
    return true;
  }
  return false;
}

}  // namespace

Error has_users_already(const std::string& path) {
  return {Errc::kExists,
          path +
              " has users already; an admin creates further ones, and `toolpost users recover` "
              "gives an admin a new key"};
}

UserStore::UserStore(std::string path, std::vector<std::string> roles)
    : path_(std::move(path)),
      roles_(std::make_unique<Published<std::vector<std::string>>>(
          std::make_shared<const std::vector<std::string>>(std::move(roles)))) {}

void UserStore::set_roles(std::vector<std::string> roles) {
  roles_->set(std::make_shared<const std::vector<std::string>>(std::move(roles)));
}

Result<std::shared_ptr<const UserTable>> UserStore::read(
    std::shared_ptr<const UserTable> known) const {
  const auto directory = UsersDirectory::open(path_);
  if (!directory) return directory.error();
  if (!*directory) {
    if (known && !known->exists()) return known;
    return std::make_shared<const UserTable>();
  }
  if (known) {
    const auto stamp = (*directory)->stamp();
    if (!stamp) return stamp.error();
    if (*stamp == known->stamp()) return known;
  }
  const auto held = held_in(**directory);
  if (!held) return held.error();
  return std::make_shared<const UserTable>(held->records, held->stamp);
}

Result<UserRecords> UserStore::list() const {
  const auto directory = UsersDirectory::open(path_);
  if (!directory) return directory.error();
  if (!*directory) return UserRecords{};
  auto held = held_in(**directory);
  if (!held) return held.error();
  return std::move(held->records);
}

template <class Apply>
auto UserStore::change(UnixSeconds now, const Apply& apply,
                       std::chrono::milliseconds patience) const
    -> decltype(apply(std::declval<UserRecords&>())) {
  const auto directory = UsersDirectory::open_or_make(path_);
  if (!directory) return directory.error();
  const auto lock = UsersLock::take(*directory, patience);
  if (!lock) return lock.error();
  auto held = held_in(*directory);
  if (!held) return held.error();
  const AdminState before = admin_state(held->records, now);
  auto applied = apply(held->records);
  if (!applied) return applied;
  if (admin_state(held->records, now) < before) return Error{Errc::kState, kNoAdminLeft};
  ++held->records.version;
  if (auto done = lock->replace(write_users(held->records), held->stamp); !done) {
    return done.error();
  }
  return applied;
}

Result<> UserStore::check_role(const std::string& role) const {
  if (auto good = check_role_name(role); !good) return good;
  const auto roles = roles_->get();
  if (role == kAdminRole || std::find(roles->begin(), roles->end(), role) != roles->end()) {
    return {};
  }
  std::string known = kAdminRole;
  for (const std::string& name : *roles) {
    if (name != kAdminRole) known += ", " + name;
  }
  return invalid("there is no role \"" + role + "\"; the roles are " + known);
}

Result<Issued> UserStore::create(const NewUser& user, UnixSeconds now) const {
  if (auto good = check_username(user.username); !good) return good.error();
  if (auto good = check_role(user.role); !good) return good.error();
  return change(now, [&](UserRecords& records) { return insert(records, user, now); });
}

Result<Issued> UserStore::create_first_admin(const NewUser& user, UnixSeconds now) const {
  if (auto good = check_username(user.username); !good) return good.error();
  return change(now, [&](UserRecords& records) -> Result<Issued> {
    if (records.users.empty()) return insert(records, {user.username, kAdminRole, user.key}, now);
    return has_users_already(path_);
  });
}

Result<UserRecord> UserStore::remove(std::string_view username, UnixSeconds now) const {
  return change(now, [&](UserRecords& records) -> Result<UserRecord> {
    const auto place = records.place_of(username);
    if (place == records.users.end() || place->username != username) return no_such_user(username);
    UserRecord removed = std::move(*place);
    records.users.erase(place);
    return removed;
  });
}

Result<Issued> UserStore::rotate_key(std::string_view username, const KeyWish& wish,
                                     UnixSeconds grace, UnixSeconds now) const {
  if (grace < 0 || grace > kMaxGrace) return invalid("grace_s must be 0 to 2592000 seconds");
  return change(now, [&](UserRecords& records) -> Result<Issued> {
    UserRecord* user = records.find(username);
    if (user == nullptr) return no_such_user(username);
    auto made = make_key(records, *user, wish, now);
    if (!made) return made.error();
    keep_newest(user->keys, now + grace, now);
    user->keys.push_back(std::move(made->record));
    return Issued{*user, std::move(made->text)};
  });
}

Result<UserRecord> UserStore::set_disabled(std::string_view username, bool disabled,
                                           UnixSeconds now) const {
  return change(now, [&](UserRecords& records) -> Result<UserRecord> {
    UserRecord* user = records.find(username);
    if (user == nullptr) return no_such_user(username);
    user->disabled = disabled;
    return *user;
  });
}

Result<UserRecord> UserStore::set_role(std::string_view username, const std::string& role,
                                       UnixSeconds now) const {
  if (auto good = check_role(role); !good) return good.error();
  return change(now, [&](UserRecords& records) -> Result<UserRecord> {
    UserRecord* user = records.find(username);
    if (user == nullptr) return no_such_user(username);
    user->role = role;
    return *user;
  });
}

Result<Issued> UserStore::recover_admin(std::string_view username, const KeyWish& wish,
                                        UnixSeconds now) const {
  return change(now, [&](UserRecords& records) -> Result<Issued> {
    UserRecord* user = records.find(username);
    if (user == nullptr) return no_such_user(username);
    if (user->role != kAdminRole) {
      return Error{Errc::kDenied, "the user \"" + user->username +
                                      "\" is no admin; recover one that is, see `toolpost users "
                                      "list`"};
    }
    auto made = make_key(records, *user, wish, now);
    if (!made) return made.error();
    user->keys = {std::move(made->record)};
    user->disabled = false;
    return Issued{*user, std::move(made->text)};
  });
}

Result<> UserStore::record_uses(std::span<const KeyUse> uses) const {
  // Whoever notes a use is no reason to make a store.
  const auto directory = UsersDirectory::open(path_);
  if (!directory) return directory.error();
  if (!*directory) return {};
  UnixSeconds now = 0;
  for (const KeyUse& use : uses) now = std::max(now, use.at);
  bool any = false;
  const auto note_all = [&](UserRecords& records) -> Result<> {
    for (const KeyUse& use : uses) any = note_use(records, use) || any;
    if (any) return {};
    return Error{Errc::kExists, "every use is recorded already"};
  };
  auto changed = change(now, note_all, kUsePatience);
  if (!changed && !any && changed.error().code() == Errc::kExists) return {};
  return changed;
}

}  // namespace toolpost::identity
