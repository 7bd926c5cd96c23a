// SPDX-License-Identifier: Apache-2.0
#include "identity/users_format.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace toolpost::identity;

namespace {

const std::string kHash = to_hex(digest_of("a key"));
const std::string kOtherHash = to_hex(digest_of("another key"));

std::string old_user(const std::string& name, const std::string& hash) {
  return R"({"username":")" + name + R"(","api_key_hash":")" + hash +
         R"(","role":"admin","created_at":"2026-01-31T12:00:00.123456"})";
}

std::string user(const std::string& name, const std::string& keys) {
  return R"({"username":")" + name +
         R"(","role":"user","created_at":"2026-01-31T12:00:00Z","disabled":false,"keys":[)" + keys +
         "]}";
}

std::string key(const std::string& id, const std::string& hash, const std::string& more = "") {
  return R"({"id":")" + id + R"(","sha256":")" + hash + R"(","created_at":"2026-01-31T12:00:00Z")" +
         more + "}";
}

std::string file(const std::string& users) {
  return R"({"format":2,"version":3,"users":[)" + users + "]}";
}

std::string refusal(const std::string& text) {
  const auto parsed = parse_users(text);
  REQUIRE_MESSAGE(!parsed.has_value(), text);
  return parsed.error().message();
}

}  // namespace

TEST_CASE("users format: the older format is read, its times are UTC") {
  const auto records = parse_users(R"({"users":[)" + old_user("zoe", kHash) + "," +
                                   old_user("ann", kOtherHash) + "]}");
  REQUIRE(records.has_value());
  CHECK(records->version == 0);
  REQUIRE(records->users.size() == 2);
  CHECK(records->users[0].username == "ann");
  CHECK(records->users[1].username == "zoe");
  CHECK(records->users[1].role == "admin");
  CHECK(records->users[1].created_at == 1'769'860'800);
  CHECK(!records->users[1].disabled);
  REQUIRE(records->users[1].keys.size() == 1);
  CHECK(records->users[1].keys[0].digest == digest_of("a key"));
  CHECK(records->users[1].keys[0].id.size() == kKeyIdLength);
  CHECK(kHash.find(records->users[1].keys[0].id) == std::string::npos);
  CHECK(records->users[1].keys[0].id != records->users[0].keys[0].id);
}

TEST_CASE("users format: what is written is read again") {
  UserRecords records;
  records.version = 9;
  records.users = {{.username = "ann",
                    .role = "admin",
                    .created_at = 100,
                    .disabled = true,
                    .keys = {{.id = "aaaaaaaa",
                              .digest = digest_of("1"),
                              .created_at = 200,
                              .last_used_at = 300,
                              .expires_at = 400},
                             {.id = "bbbbbbbb", .digest = digest_of("2"), .created_at = 500}}},
                   {.username = "bob", .role = "user", .created_at = 600}};
  const auto again = parse_users(write_users(records));
  REQUIRE(again.has_value());
  CHECK(again->version == 9);
  REQUIRE(again->users.size() == 2);
  const UserRecord& ann = again->users[0];
  CHECK(ann.username == "ann");
  CHECK(ann.role == "admin");
  CHECK(ann.created_at == 100);
  CHECK(ann.disabled);
  REQUIRE(ann.keys.size() == 2);
  CHECK(ann.keys[0].id == "aaaaaaaa");
  CHECK(ann.keys[0].digest == digest_of("1"));
  CHECK(ann.keys[0].created_at == 200);
  CHECK(ann.keys[0].last_used_at == UnixSeconds{300});
  CHECK(ann.keys[0].expires_at == UnixSeconds{400});
  CHECK(!ann.keys[1].last_used_at);
  CHECK(!ann.keys[1].expires_at);
  CHECK(again->users[1].keys.empty());
  CHECK(write_users(*again) == write_users(records));
}

TEST_CASE("users format: no users are no damage") {
  REQUIRE(parse_users(R"({"users":[]})").has_value());
  const auto records = parse_users(file(""));
  REQUIRE(records.has_value());
  CHECK(records->users.empty());
  CHECK(records->version == 3);
}

TEST_CASE("users format: whatever is not exactly the format is refused with its place") {
  const struct {
    std::string text;
    const char* part;
  } cases[] = {
      {"", "JSON"},
      {"[]", "must be a JSON object"},
      {"{}", "users is missing"},
      {R"({"users":{}})", "users is missing or no array"},
      {R"({"users":[],"more":1})", "does not know"},
      {R"({"users":[)" + old_user("ann", kHash), "incomplete JSON"},
      {R"({"users":[)" + old_user("ann", kHash) + "," + old_user("ann", kOtherHash) + "]}",
       "twice"},
      {R"({"users":[)" + old_user("ann", kHash) + "," + old_user("bob", kHash) + "]}", "same key"},
      {R"({"users":[)" + old_user("Ann", kHash) + "]}", "users[0].username"},
      {R"({"users":[)" + old_user("legacy", kHash) + "]}", "reserved"},
      {R"({"users":[)" + old_user("ann", "plain") + "]}", "users[0].api_key_hash"},
      {R"({"format":3,"version":1,"users":[]})", "newer version"},
      {R"({"format":"2","version":1,"users":[]})", "format"},
      {R"({"format":2,"users":[]})", "version is missing"},
      {R"({"format":2,"version":-1,"users":[]})", "version"},
      {R"({"format":2,"version":1.5,"users":[]})", "version"},
      {file("1"), "users[0]. must be an object"},
      {file(old_user("ann", kHash)), "does not know"},
      {file(user("ann", "") + "," + user("ann", "")), "\"ann\" stands there twice"},
      {file(user("ann", "7")), "users[0].keys[0]"},
      {file(user("ann", key("short", kHash))), "8 of a-z"},
      {file(user("ann", key("aaaaaaaa", kHash.substr(1)))), "64 lower-case"},
      {file(user("ann", key("aaaaaaaa", kHash) + "," + key("aaaaaaaa", kOtherHash))), "two keys"},
      {file(user("ann", key("aaaaaaaa", kHash)) + "," + user("bob", key("bbbbbbbb", kHash))),
       "same key"},
      {file(user("ann", key("aaaaaaaa", kHash, R"(,"expires_at":"tomorrow")"))), "expires_at"},
      {file(user("ann", key("aaaaaaaa", kHash, R"(,"expires_at":null)"))), "expires_at"},
      {file(user("ann", key("aaaaaaaa", kHash, R"(,"scope":"all")"))), "does not know"},
      {file(R"({"username":"ann","role":"Admin","created_at":"2026-01-31T12:00:00Z",)"
            R"("disabled":false,"keys":[]})"),
       "users[0].role"},
      {file(R"({"username":"ann","role":"user","created_at":"2026-01-31T12:00:00",)"
            R"("disabled":false,"keys":[]})"),
       "created_at"},
      {file(R"({"username":"ann","role":"user","created_at":"2026-01-31T12:00:00Z",)"
            R"("disabled":"no","keys":[]})"),
       "disabled"},
      {file("") + "x", "JSON"},
  };

  for (const auto& row : cases) {
    const std::string message = refusal(row.text);
    CHECK_MESSAGE(message.find(row.part) != std::string::npos, row.text, " -> ", message);
    CHECK_MESSAGE(message.find(kHash) == std::string::npos, message);
  }
}
