// SPDX-License-Identifier: Apache-2.0
#include "identity/user_table.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

namespace toolpost::identity {
namespace {

constexpr UnixSeconds kNever = std::numeric_limits<UnixSeconds>::max();

// Compared with when nothing else is, so that an empty slot costs what a taken one does.
constexpr KeyDigest kNobodysDigest{};

// A digest is as good a hash as there is. Who searches for keys whose digests share these bytes
// finds a longer way to his own 401.
std::size_t hash_of(const KeyDigest& digest) noexcept {
  std::uint64_t hash = 0;
  std::memcpy(&hash, digest.data(), sizeof hash);
  return static_cast<std::size_t>(hash);
}

// A slot is the place of a key + 1 and, above that, bits of the digest that hash_of() does not use:
// so a key that is not meant is hardly ever looked at.
constexpr std::uint32_t kPlaceBits = 24;
constexpr std::uint32_t kPlaceMask = (1U << kPlaceBits) - 1;

std::uint32_t tag_of(const KeyDigest& digest) noexcept {
  return std::uint32_t{digest.back()} << kPlaceBits;
}

// In four bytes, until 2106; of an account from beyond that, the least.
std::uint32_t packed(UnixSeconds created_at) noexcept {
  return created_at > 0 && created_at <= std::numeric_limits<std::uint32_t>::max()
             ? static_cast<std::uint32_t>(created_at)
             : 0;
}

}  // namespace

UserTable::UserTable(const UserRecords& records, const FileStamp& stamp)
    : stamp_(stamp), version_(records.version) {
  std::size_t keys = 0;
  std::size_t letters = 0;
  for (const UserRecord& user : records.users) {
    keys += user.keys.size();
    letters += user.username.size();
  }
  TOOLPOST_CHECK(keys < kPlaceMask);  // kMaxUsersFileBytes holds no fourth of it
  TOOLPOST_CHECK(letters < std::numeric_limits<std::uint32_t>::max());
  names_.reserve(letters);
  keys_.reserve(keys);
  users_.reserve(records.users.size() + 1);
  for (const UserRecord& user : records.users) add(user);
  users_.push_back({.name = static_cast<std::uint32_t>(names_.size()),
                    .first_key = static_cast<std::uint32_t>(keys_.size())});
  fill_slots();
}

std::uint16_t UserTable::role_number(const std::string& role) {
  const auto found = std::find(roles_.begin(), roles_.end(), role);
  if (found != roles_.end()) return static_cast<std::uint16_t>(found - roles_.begin());
  TOOLPOST_CHECK(roles_.size() < std::numeric_limits<std::uint16_t>::max());
  roles_.push_back(role);
  return static_cast<std::uint16_t>(roles_.size() - 1);
}

void UserTable::add(const UserRecord& user) {
  TOOLPOST_CHECK(user.username.size() <= kMaxUsernameLength);
  const auto name = static_cast<std::uint32_t>(names_.size());
  const std::uint16_t role = role_number(user.role);
  const std::uint32_t since = packed(user.created_at);
  users_.push_back({.name = name,
                    .first_key = static_cast<std::uint32_t>(keys_.size()),
                    .since = since,
                    .role = role,
                    .disabled = user.disabled});
  names_ += user.username;
  for (const KeyRecord& record : user.keys) {
    TOOLPOST_CHECK(record.id.size() == kKeyIdLength);
    const UnixSeconds expires_at = record.expires_at.value_or(kNever);
    Key& key =
        keys_.emplace_back(Key{.digest = record.digest,
                               .id = {},
                               .expires_at = expires_at,
                               .since = since,
                               .name = name,
                               .role = role,
                               .name_length = static_cast<std::uint8_t>(user.username.size()),
                               .disabled = user.disabled});
    std::copy(record.id.begin(), record.id.end(), key.id.begin());
    if (!user.disabled && record.is_usable(unix_now())) {
      oldest_key_ = std::min(oldest_key_.value_or(kNever), record.created_at);
    }
    if (user.role == kAdminRole && !user.disabled) {
      admin_until_ = std::max(admin_until_, expires_at);
    }
  }
}

void UserTable::fill_slots() {
  if (keys_.empty()) return;
  slots_.resize(std::bit_ceil(keys_.size() + keys_.size() / 2 + 1));
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t key = 0; key < keys_.size(); ++key) {
    std::size_t slot = hash_of(keys_[key].digest) & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = tag_of(keys_[key].digest) | static_cast<std::uint32_t>(key + 1);
  }
}

std::optional<Principal> UserTable::find(const KeyDigest& digest, UnixSeconds now) const {
  const Key* found = nullptr;
  bool same = equal_in_constant_time(kNobodysDigest, digest);
  if (!slots_.empty()) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t slot = hash_of(digest) & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
      if ((slots_[slot] & ~kPlaceMask) != tag_of(digest)) continue;
      const Key& key = keys_[(slots_[slot] & kPlaceMask) - 1];
      same = equal_in_constant_time(key.digest, digest);
      if (same) found = &key;
    }
  }
  if (found == nullptr || now >= found->expires_at || found->disabled) return std::nullopt;
  return Principal{.name = names_.substr(found->name, found->name_length),
                   .role = roles_[found->role],
                   .key_id = std::string{found->id_text()},
                   .since = found->since};
}

std::optional<Principal> UserTable::find_user(std::string_view username) const {
  const auto user = place_of(username);
  if (!user || users_[*user].disabled) return std::nullopt;
  return Principal{.name = std::string{username},
                   .role = roles_[users_[*user].role],
                   .key_id = {},
                   .since = users_[*user].since};
}

bool UserTable::is_valid(const Principal& principal, UnixSeconds now) const {
  const auto user = place_of(principal.name);
  if (!user || users_[*user].disabled || roles_[users_[*user].role] != principal.role) return false;
  if (users_[*user].since != principal.since) return false;
  if (principal.key_id.empty()) return true;
  const auto keys = keys_of(*user);
  return std::any_of(keys.begin(), keys.end(), [&](const Key& key) {
    return key.id_text() == principal.key_id && now < key.expires_at;
  });
}

std::string_view UserTable::name_of(std::size_t user) const noexcept {
  const std::size_t begin = users_[user].name;
  return std::string_view{names_}.substr(begin, users_[user + 1].name - begin);
}

std::optional<std::size_t> UserTable::place_of(std::string_view username) const noexcept {
  std::size_t low = 0;
  std::size_t high = size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (name_of(middle) < username) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == size() || name_of(low) != username) return std::nullopt;
  return low;
}

std::span<const UserTable::Key> UserTable::keys_of(std::size_t user) const noexcept {
  const std::size_t begin = users_[user].first_key;
  return std::span{keys_}.subspan(begin, users_[user + 1].first_key - begin);
}

}  // namespace toolpost::identity
