// SPDX-License-Identifier: Apache-2.0
#include "identity/user_table.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <string>

using namespace toolpost::identity;

namespace {

constexpr UnixSeconds kNow = 1'800'000'000;

std::string key_of(std::size_t number) {
  return "key-number-" + std::to_string(number);
}

UserRecord user(std::string name, std::string role, std::vector<KeyRecord> keys) {
  return {.username = std::move(name), .role = std::move(role), .keys = std::move(keys)};
}

KeyRecord key(std::string id, std::string_view text, std::optional<UnixSeconds> expires_at = {}) {
  return {.id = std::move(id), .digest = digest_of(text), .expires_at = expires_at};
}

UserRecords three_users() {
  UserRecords records;
  records.version = 7;
  records.users = {
      user("ann", "admin", {key("aaaaaaaa", "ann's"), key("bbbbbbbb", "ann's old", kNow)}),
      user("bob", "user", {key("aaaaaaaa", "bob's", kNow + 1)}),
      user("cleo", "user", {key("cccccccc", "cleo's")})};
  records.users[2].disabled = true;
  return records;
}

const FileStamp kStamp{.inode = 1};

}  // namespace

TEST_CASE("user table: a key leads to its user") {
  const UserTable table{three_users(), kStamp};
  CHECK(table.find(digest_of("ann's"), kNow) == Principal{"ann", "admin", "aaaaaaaa"});
  CHECK(table.find(digest_of("bob's"), kNow) == Principal{"bob", "user", "aaaaaaaa"});
  CHECK(table.version() == 7);
  CHECK(table.size() == 3);
  CHECK(table.exists());
}

TEST_CASE("user table: unknown and expired keys and those of disabled users are worth nothing") {
  const UserTable table{three_users(), kStamp};
  CHECK(!table.find(digest_of("nobody's"), kNow));
  CHECK(!table.find(digest_of("ann's old"), kNow));
  CHECK(table.find(digest_of("ann's old"), kNow - 1));
  CHECK(!table.find(digest_of("bob's"), kNow + 1));
  CHECK(!table.find(digest_of("cleo's"), kNow));
  CHECK(!table.find(KeyDigest{}, kNow));
}

TEST_CASE("user table: a user is found by name unless disabled") {
  const UserTable table{three_users(), kStamp};
  CHECK(table.find_user("bob") == Principal{"bob", "user", ""});
  CHECK(!table.find_user("cleo"));
  CHECK(!table.find_user("bo"));
  CHECK(!table.find_user("bobb"));
  CHECK(!table.find_user(""));
}

TEST_CASE("user table: a principal is valid as long as user, role and key are") {
  const UserTable table{three_users(), kStamp};
  CHECK(table.is_valid({"ann", "admin", "aaaaaaaa"}, kNow));
  CHECK(table.is_valid({"ann", "admin", ""}, kNow));
  CHECK(!table.is_valid({"ann", "user", "aaaaaaaa"}, kNow));
  CHECK(!table.is_valid({"ann", "admin", "bbbbbbbb"}, kNow));
  CHECK(!table.is_valid({"ann", "admin", "cccccccc"}, kNow));
  CHECK(!table.is_valid({"bob", "user", "aaaaaaaa"}, kNow + 1));
  CHECK(!table.is_valid({"cleo", "user", ""}, kNow));
  CHECK(!table.is_valid({"", "", ""}, kNow));
}

TEST_CASE("user table: who gets the name of a former user is somebody else") {
  UserRecords records = three_users();
  records.users[0].created_at = kNow - 100;
  const auto former = UserTable{records, kStamp}.find(digest_of("ann's"), kNow);
  REQUIRE(former);
  CHECK(UserTable(records, kStamp).is_valid(*former, kNow));
  records.users[0].created_at = kNow;
  const UserTable table{records, kStamp};
  CHECK_FALSE(table.is_valid(*former, kNow));
  const auto later = table.find_user("ann");
  REQUIRE(later);
  CHECK(later->name == former->name);
  CHECK(later->owner() != former->owner());
  CHECK(local_principal().owner() == kLocal);
}

TEST_CASE("user table: without a file there is nobody") {
  const UserTable table;
  CHECK(!table.exists());
  CHECK(table.size() == 0);
  CHECK(!table.find(digest_of("ann's"), kNow));
  CHECK(!table.find_user("ann"));
  CHECK(!table.is_valid({"ann", "admin", ""}, kNow));
  CHECK(!table.has_usable_admin(kNow));
  const UserTable empty{UserRecords{}, kStamp};
  CHECK(empty.exists());
  CHECK(empty.size() == 0);
  CHECK(!empty.find_user("ann"));
}

TEST_CASE("user table: knows how long there is an admin") {
  UserRecords records = three_users();
  CHECK(UserTable{records, kStamp}.has_usable_admin(kNow));
  records.users[0].keys = {key("aaaaaaaa", "ann's", kNow + 5)};
  CHECK(UserTable{records, kStamp}.has_usable_admin(kNow + 4));
  CHECK(!UserTable{records, kStamp}.has_usable_admin(kNow + 5));
  records.users[0].disabled = true;
  CHECK(!UserTable{records, kStamp}.has_usable_admin(kNow));
}

TEST_CASE("user table: finds each of many keys, and no other") {
  UserRecords records;
  for (std::size_t i = 0; i < 20'000; ++i) {
    char name[16];
    std::snprintf(name, sizeof name, "user-%06zu", i);
    records.users.push_back(user(name, "user", {key("aaaaaaaa", key_of(i))}));
  }
  const UserTable table{records, kStamp};
  std::size_t right = 0;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < 20'000; ++i) {
    const auto found = table.find(digest_of(key_of(i)), kNow);
    right += found && found->name == records.users[i].username ? 1U : 0U;
    wrong += table.find(digest_of(key_of(i + 20'000)), kNow) ? 1U : 0U;
  }
  CHECK(right == 20'000);
  CHECK(wrong == 0);
}
