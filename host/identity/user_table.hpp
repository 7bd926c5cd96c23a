// SPDX-License-Identifier: Apache-2.0
// The users as one read of the store found them, packed for looking up keys: some hundred bytes a
// user with one key, and a lookup costs the same for ten users and for a million.
#pragma once

#include "identity/file_stamp.hpp"
#include "identity/user_records.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::identity {

// Immutable, so any thread may read it; held by shared_ptr<const UserTable>.
class UserTable {
 public:
  // What is so while there is no file: nobody.
  UserTable() = default;
  UserTable(const UserRecords& records, const FileStamp& stamp);

  // Whose key has this digest. Nothing for an unknown or expired key and a disabled user, after the
  // same work.
  std::optional<Principal> find(const KeyDigest& digest, UnixSeconds now) const;

  // An enabled user, with an empty key id.
  std::optional<Principal> find_user(std::string_view username) const;

  // Whether the principal is an enabled user with this role whose key, if it names one, still
  // counts.
  bool is_valid(const Principal& principal, UnixSeconds now) const;

  // Whether anybody can manage users now.
  bool has_usable_admin(UnixSeconds now) const noexcept { return now < admin_until_; }

  // When the oldest key was made that counted when the table was; nothing when there is none.
  std::optional<UnixSeconds> oldest_key() const noexcept { return oldest_key_; }

  bool exists() const noexcept { return stamp_.exists(); }

  std::uint64_t version() const noexcept { return version_; }

  std::size_t size() const noexcept { return users_.empty() ? 0 : users_.size() - 1; }

  const FileStamp& stamp() const noexcept { return stamp_; }

 private:
  // Whatever a lookup needs in one place: memory that is far away costs more than all the rest.
  struct Key {
    KeyDigest digest;
    std::array<char, kKeyIdLength> id;
    UnixSeconds expires_at;  // the greatest: never
    std::uint32_t since;     // when the account was made
    std::uint32_t name;      // in names_
    std::uint16_t role;      // in roles_
    std::uint8_t name_length;
    bool disabled;

    std::string_view id_text() const noexcept { return {id.data(), id.size()}; }
  };

  // Ends where the next one begins; the last is nobody.
  struct User {
    std::uint32_t name = 0;  // in names_
    std::uint32_t first_key = 0;
    std::uint32_t since = 0;
    std::uint16_t role = 0;  // in roles_
    bool disabled = false;
  };

  std::string_view name_of(std::size_t user) const noexcept;
  std::optional<std::size_t> place_of(std::string_view username) const noexcept;
  std::span<const Key> keys_of(std::size_t user) const noexcept;
  std::uint16_t role_number(const std::string& role);
  void add(const UserRecord& user);
  void fill_slots();

  FileStamp stamp_;
  std::optional<UnixSeconds> oldest_key_;
  std::uint64_t version_ = 0;
  UnixSeconds admin_until_ = 0;
  std::vector<std::string> roles_;
  std::string names_;                 // one behind the other
  std::vector<User> users_;           // by name
  std::vector<Key> keys_;             // by user
  std::vector<std::uint32_t> slots_;  // open addressing; see kPlaceBits; 0: free
};

}  // namespace toolpost::identity
