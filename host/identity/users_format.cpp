// SPDX-License-Identifier: Apache-2.0
#include "identity/users_format.hpp"

#include "base/ascii.hpp"
#include "base/utc_time.hpp"
#include "json/parser.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <set>

namespace toolpost::identity {
namespace {

constexpr json::Limits kLimits{.depth = 8, .members = 16, .elements = 64'000'000};

// One JSON object and what it lacks or has too much of.
class Fields {
 public:
  Fields(const json::Value& object, std::string where)
      : object_(object), where_(std::move(where)) {}

  const std::string& where() const noexcept { return where_; }

  Error wrong(std::string_view member, std::string_view why) const {
    return invalid(where_ + std::string{member} + " " + std::string{why});
  }

  Result<> check_members(std::span<const std::string_view> known) const {
    if (!object_.is_object()) return wrong("", "must be an object");
    for (const json::Member& member : object_.members()) {
      if (std::find(known.begin(), known.end(), member.key) == known.end()) {
        return wrong(
            "", "has a member that this version does not know; its members are " + listed(known));
      }
    }
    return {};
  }

  Result<std::string_view> text(std::string_view member) const {
    const json::Value* value = object_.find_string(member);
    if (value == nullptr) return wrong(member, "is missing or no string");
    return value->as_string();
  }

  Result<UnixSeconds> time(std::string_view member, std::string_view zone) const {
    const auto written = text(member);
    if (!written) return written.error();
    auto parsed = parse_utc_time(*written);
    if (!parsed && !zone.empty()) parsed = parse_utc_time(std::string{*written}.append(zone));
    if (!parsed) return wrong(member, "must be a time like \"2026-01-31T12:00:00Z\"");
    return *parsed;
  }

  Result<std::optional<UnixSeconds>> optional_time(std::string_view member) const {
    if (object_.find(member) == nullptr) return std::optional<UnixSeconds>{};
    const auto found = time(member, {});
    if (!found) return found.error();
    return std::optional{*found};
  }

  Result<KeyDigest> digest(std::string_view member) const {
    const auto hex = text(member);
    if (!hex) return hex.error();
    const auto found = digest_from_hex(*hex);
    if (!found) return wrong(member, "must be 64 lower-case hexadecimal digits");
    return *found;
  }

 private:
  static std::string listed(std::span<const std::string_view> names) {
    std::string text;
    for (const std::string_view name : names) {
      if (!text.empty()) text += ", ";
      text += name;
    }
    return text;
  }

  const json::Value& object_;
  std::string where_;
};

std::string place(std::string_view array, std::size_t number) {
  return std::string{array} + "[" + std::to_string(number) + "]";
}

Result<> read_name_and_role(const Fields& fields, UserRecord& user) {
  const auto username = fields.text("username");
  if (!username) return username.error();
  if (auto good = check_username(*username); !good) {
    return std::move(good).error().in(fields.where() + "username");
  }
  const auto role = fields.text("role");
  if (!role) return role.error();
  if (auto good = check_role_name(*role); !good) {
    return std::move(good).error().in(fields.where() + "role");
  }
  user.username = *username;
  user.role = *role;
  return {};
}

// A key of the older format has no id. This one tells nothing of the key, and every replica comes
// to the same.
std::string id_for(const KeyDigest& digest) {
  constexpr std::string_view alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  const KeyDigest from = digest_of("key id:" + to_hex(digest));
  std::string id;
  for (std::size_t i = 0; i < kKeyIdLength; ++i) id += alphabet[from[i] % alphabet.size()];
  return id;
}

Result<UserRecord> read_old_user(const json::Value& value, const std::string& where) {
  constexpr std::string_view known[] = {"username", "api_key_hash", "role", "created_at"};
  const Fields fields{value, where + "."};
  if (auto good = fields.check_members(known); !good) return good.error();
  UserRecord user;
  if (auto good = read_name_and_role(fields, user); !good) return good.error();
  const auto created_at = fields.time("created_at", "Z");
  if (!created_at) return created_at.error();
  const auto digest = fields.digest("api_key_hash");
  if (!digest) return digest.error();
  user.created_at = *created_at;
  user.keys.push_back({.id = id_for(*digest), .digest = *digest, .created_at = *created_at});
  return user;
}

Result<KeyRecord> read_key(const json::Value& value, const std::string& where) {
  constexpr std::string_view known[] = {"id", "sha256", "created_at", "last_used_at", "expires_at"};
  const Fields fields{value, where + "."};
  if (auto good = fields.check_members(known); !good) return good.error();
  const auto id = fields.text("id");
  if (!id) return id.error();
  const bool fits = id->size() == kKeyIdLength && std::all_of(id->begin(), id->end(), [](char c) {
                      return is_lower(c) || is_digit(c);
                    });
  if (!fits) return fields.wrong("id", "must be 8 of a-z and 0-9");
  const auto digest = fields.digest("sha256");
  if (!digest) return digest.error();
  const auto created_at = fields.time("created_at", {});
  if (!created_at) return created_at.error();
  const auto last_used_at = fields.optional_time("last_used_at");
  if (!last_used_at) return last_used_at.error();
  const auto expires_at = fields.optional_time("expires_at");
  if (!expires_at) return expires_at.error();
  return KeyRecord{std::string{*id}, *digest, *created_at, *last_used_at, *expires_at};
}

Result<std::vector<KeyRecord>> read_keys(const json::Value* list, const std::string& where) {
  if (list == nullptr || !list->is_array()) {
    return invalid(where + ".keys is missing or no array");
  }
  std::vector<KeyRecord> keys;
  for (std::size_t number = 0; number < list->items().size(); ++number) {
    auto key = read_key(list->items()[number], where + "." + place("keys", number));
    if (!key) return key.error();
    const bool taken = std::any_of(keys.begin(), keys.end(),
                                   [&](const KeyRecord& other) { return other.id == key->id; });
    if (taken) return invalid(where + ".keys: two keys have the id " + key->id);
    keys.push_back(std::move(*key));
  }
  return keys;
}

Result<UserRecord> read_user(const json::Value& value, const std::string& where) {
  constexpr std::string_view known[] = {"username", "role", "created_at", "disabled", "keys"};
  const Fields fields{value, where + "."};
  if (auto good = fields.check_members(known); !good) return good.error();
  UserRecord user;
  if (auto good = read_name_and_role(fields, user); !good) return good.error();
  const auto created_at = fields.time("created_at", {});
  if (!created_at) return created_at.error();
  user.created_at = *created_at;
  const json::Value* disabled = value.find("disabled");
  if (disabled == nullptr || !disabled->is_bool()) {
    return fields.wrong("disabled", "is missing or neither true nor false");
  }
  user.disabled = disabled->as_bool();
  auto keys = read_keys(value.find("keys"), where);
  if (!keys) return keys.error();
  user.keys = std::move(*keys);
  return user;
}

struct Header {
  bool is_old = false;
  std::uint64_t version = 0;
};

Result<Header> read_header(const json::Value& root) {
  constexpr std::string_view old_members[] = {"users"};
  constexpr std::string_view members[] = {"format", "version", "users"};
  const Fields fields{root, ""};
  if (!root.is_object()) return invalid("must be a JSON object");
  const json::Value* format = root.find("format");
  const bool is_old = format == nullptr;
  const auto known = is_old ? std::span<const std::string_view>{old_members}
                            : std::span<const std::string_view>{members};
  if (!is_old && (format->type() != json::Type::kInt64 || format->as_int64() != kUsersFormat)) {
    return fields.wrong("format", "is not 2; the file may come from a newer version of toolpost");
  }
  if (auto good = fields.check_members(known); !good) return good.error();
  if (is_old) return Header{true, 0};
  const json::Value* version = root.find("version");
  if (version == nullptr || version->type() != json::Type::kInt64 || version->as_int64() < 0) {
    return fields.wrong("version", "is missing or no whole number");
  }
  return Header{false, static_cast<std::uint64_t>(version->as_int64())};
}

// Puts the users in order and refuses what stands there twice.
Result<> settle(UserRecords& records) {
  const auto by_name = [](const UserRecord& a, const UserRecord& b) {
    return a.username < b.username;
  };
  if (!std::is_sorted(records.users.begin(), records.users.end(), by_name)) {
    std::sort(records.users.begin(), records.users.end(), by_name);
  }
  std::set<std::string_view> roles;
  std::vector<const KeyDigest*> digests;
  for (std::size_t i = 0; i < records.users.size(); ++i) {
    const UserRecord& user = records.users[i];
    if (i > 0 && records.users[i - 1].username == user.username) {
      return invalid("the user \"" + user.username + "\" stands there twice; remove one of them");
    }
    roles.insert(user.role);
    for (const KeyRecord& key : user.keys) digests.push_back(&key.digest);
  }
  if (roles.size() > kMaxRolesInFile) return invalid("has more than 256 different roles");
  std::sort(digests.begin(), digests.end(),
            [](const KeyDigest* a, const KeyDigest* b) { return *a < *b; });
  const auto twice =
      std::adjacent_find(digests.begin(), digests.end(),
                         [](const KeyDigest* a, const KeyDigest* b) { return *a == *b; });
  if (twice == digests.end()) return {};
  return invalid("two users have the same key; remove it from one of them");
}

void write_key(json::Writer& writer, const KeyRecord& key) {
  writer.begin_object().member("id", std::string_view{key.id});
  writer.member("sha256", std::string_view{to_hex(key.digest)});
  writer.member("created_at", std::string_view{to_utc_time(key.created_at)});
  if (key.last_used_at) {
    writer.member("last_used_at", std::string_view{to_utc_time(*key.last_used_at)});
  }
  if (key.expires_at) {
    writer.member("expires_at", std::string_view{to_utc_time(*key.expires_at)});
  }
  writer.end_object();
}

void write_user(json::Writer& writer, const UserRecord& user) {
  writer.begin_object().member("username", std::string_view{user.username});
  writer.member("role", std::string_view{user.role});
  writer.member("created_at", std::string_view{to_utc_time(user.created_at)});
  writer.member("disabled", user.disabled).key("keys").begin_array();
  for (const KeyRecord& key : user.keys) write_key(writer, key);
  writer.end_array().end_object();
}

}  // namespace

Result<UserRecords> parse_users(std::string_view text) {
  const auto document = json::parse(text, kLimits);
  if (!document) return document.error();
  const json::Value& root = document->root();
  const auto header = read_header(root);
  if (!header) return header.error();
  const json::Value* list = root.find("users");
  if (list == nullptr || !list->is_array()) return invalid("users is missing or no array");
  UserRecords records;
  records.version = header->version;
  records.users.reserve(list->items().size());
  for (std::size_t number = 0; number < list->items().size(); ++number) {
    const std::string where = place("users", number);
    const json::Value& item = list->items()[number];
    auto user = header->is_old ? read_old_user(item, where) : read_user(item, where);
    if (!user) return user.error();
    records.users.push_back(std::move(*user));
  }
  if (auto settled = settle(records); !settled) return settled.error();
  return records;
}

std::string write_users(const UserRecords& records) {
  std::string text = "{\"format\":" + std::to_string(kUsersFormat) +
                     ",\"version\":" + std::to_string(records.version) + ",\"users\":[";
  for (const UserRecord& user : records.users) {
    text += &user == &records.users.front() ? "\n" : ",\n";
    json::Writer writer{text};
    write_user(writer, user);
  }
  return text + "\n]}\n";
}

}  // namespace toolpost::identity
