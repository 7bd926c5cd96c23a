// SPDX-License-Identifier: Apache-2.0
#include "user_service.hpp"

#include "json/parser.hpp"
#include "unit/identity/user_place.hpp"

#include <toolpost/plugin.h>

#include <doctest/doctest.h>

#include <fstream>

using namespace toolpost;
using testing::UserPlace;

namespace {

constexpr identity::UnixSeconds kNow = 1'800'000'000;
const identity::Principal kRoot{"root", "admin", "rrrrrrrr"};

// A store with one admin, and what the service logs.
class Service {
 public:
  Service() : log_(open_log()) {
    const auto made = store_.create_first_admin({"root", "admin", {}}, kNow - 100);
    REQUIRE(made.has_value());
  }

  call::ServiceAnswer manage(std::string_view operation, std::string_view arguments,
                             const identity::Principal& principal = kRoot) {
    return service_.manage(principal, operation, arguments);
  }

  std::string logged() const {
    std::ifstream in{log_file()};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  const UserPlace& place() const { return place_; }

  identity::UserStore& store() { return store_; }

 private:
  std::string log_file() const { return place_.top() + "/log"; }

  std::unique_ptr<Log> open_log() const {
    auto log = Log::open({.level = LogLevel::kTrace, .file = log_file()});
    REQUIRE(log.has_value());
    return std::move(*log);
  }

  UserPlace place_;
  std::unique_ptr<Log> log_;
  identity::UserStore store_ = place_.store();
  StoreUserService service_{store_, *log_, [] { return kNow; }};
};

void check_refused(const call::ServiceAnswer& answer, std::int32_t status, const char* part) {
  CHECK(answer.status == status);
  CHECK_MESSAGE(answer.text.find(part) != std::string::npos, answer.text);
}

std::string api_key_in(const std::string& text) {
  const auto document = json::parse(text);
  REQUIRE(document.has_value());
  const json::Value* key = document->root().find_string("api_key");
  REQUIRE(key != nullptr);
  return std::string{key->as_string()};
}

}  // namespace

TEST_CASE("user service: a user is shown with everything but the key") {
  Service service;
  const auto answer = service.manage("list", "{}");
  CHECK(answer.status == TOOLPOST_OK);
  const std::string id = service.store().list()->users[0].keys[0].id;
  CHECK(answer.text ==
        R"({"users":[{"username":"root","role":"admin","created_at":"2027-01-15T07:58:20Z",)"
        R"("disabled":false,"keys":[{"id":")" +
            id +
            R"(","created_at":"2027-01-15T07:58:20Z","age_s":100,"last_used_at":null,)"
            R"("expires_at":null}]}]})");
}

TEST_CASE("user service: each operation does what the extension says") {
  Service service;
  auto answer = service.manage("create", R"({"username":"ann"})");
  REQUIRE(answer.status == TOOLPOST_OK);
  const std::string first = api_key_in(answer.text);
  CHECK(service.store().read().value()->find(identity::digest_of(first), kNow)->role == "user");
  answer = service.manage("rotate_key", R"({"username":"ann","grace_s":0})");
  REQUIRE(answer.status == TOOLPOST_OK);
  const std::string second = api_key_in(answer.text);
  CHECK(!service.store().read().value()->find(identity::digest_of(first), kNow));
  CHECK(service.store().read().value()->find(identity::digest_of(second), kNow));
  CHECK(service.manage("set_role", R"({"username":"ann","role":"auditor"})").status == TOOLPOST_OK);
  CHECK(service.store().list()->users[0].role == "auditor");
  CHECK(service.manage("disable", R"({"username":"ann"})").status == TOOLPOST_OK);
  CHECK(service.store().list()->users[0].disabled);
  CHECK(service.manage("disable", R"({"username":"ann","disabled":false})").status == TOOLPOST_OK);
  CHECK(!service.store().list()->users[0].disabled);
  CHECK(service.manage("delete", R"({"username":"ann"})").status == TOOLPOST_OK);
  CHECK(service.store().list()->users.size() == 1);
  const std::string own = "chosen-key-0123456789-abcdefghijk";
  answer = service.manage("create", R"({"username":"bob","role":"admin","api_key":")" + own +
                                        R"(","expires_at":"2027-01-16T00:00:00Z"})");
  CHECK(api_key_in(answer.text) == own);
  CHECK(answer.text.find(R"("expires_at":"2027-01-16T00:00:00Z")") != std::string::npos);
}

TEST_CASE("user service: only an admin is served") {
  Service service;
  const std::string before = service.place().content();
  for (const char* role : {"user", "auditor", "", "Admin"}) {
    for (const char* operation :
         {"create", "list", "delete", "rotate_key", "disable", "set_role"}) {
      check_refused(service.manage(operation, R"({"username":"eve"})", {"eve", role, ""}),
                    TOOLPOST_E_DENIED, "only an admin");
    }
  }
  CHECK(service.place().content() == before);
  CHECK(service.logged().find("\"by\":\"eve\"") != std::string::npos);
}

TEST_CASE("user service: what is malformed is refused by name") {
  Service service;
  const std::string before = service.place().content();
  check_refused(service.manage("drop", "{}"), TOOLPOST_E_UNSUPPORTED, "no such operation");
  check_refused(service.manage("create", "[]"), TOOLPOST_E_INVALID, "no JSON object");
  check_refused(service.manage("create", "{"), TOOLPOST_E_INVALID, "no JSON object");
  check_refused(service.manage("create", ""), TOOLPOST_E_INVALID, "username is missing");
  check_refused(service.manage("create", R"({"username":7})"), TOOLPOST_E_INVALID, "a string");
  check_refused(service.manage("create", R"({"username":"a","admin":true})"), TOOLPOST_E_INVALID,
                "not known");
  check_refused(service.manage("create", R"({"username":"a","expires_at":"soon"})"),
                TOOLPOST_E_INVALID, "expires_at must be a time");
  check_refused(service.manage("rotate_key", R"({"username":"root","grace_s":1.5})"),
                TOOLPOST_E_INVALID, "whole number");
  check_refused(service.manage("disable", R"({"username":"root","disabled":"no"})"),
                TOOLPOST_E_INVALID, "true or false");
  check_refused(service.manage("create", R"({"username":"root"})"), TOOLPOST_E_INVALID, "already");
  check_refused(service.manage("delete", R"({"username":"ann"})"), TOOLPOST_E_NOT_FOUND, "ann");
  CHECK(service.place().content() == before);
}

TEST_CASE("user service: the last admin stays, and the answer says why") {
  Service service;
  for (const char* operation : {"delete", "disable"}) {
    check_refused(service.manage(operation, R"({"username":"root"})"), TOOLPOST_E_DENIED,
                  "no user would be left");
  }
  check_refused(service.manage("set_role", R"({"username":"root","role":"user"})"),
                TOOLPOST_E_DENIED, "no user would be left");
}

TEST_CASE("user service: what is wrong with the file is for the log, not for the caller") {
  Service service;
  service.place().write("{");
  const auto answer = service.manage("create", R"({"username":"ann"})");
  check_refused(answer, TOOLPOST_E_UNAVAILABLE, "the server's log says why");
  CHECK(answer.text.find(service.place().top()) == std::string::npos);
  CHECK(service.logged().find("is damaged") != std::string::npos);
}

TEST_CASE("user service: changes are logged with who made them, and never with a key") {
  Service service;
  const auto answer = service.manage("create", R"({"username":"ann"})");
  const std::string key = api_key_in(answer.text);
  const std::string id{*identity::key_id_of(key)};
  const std::string logged = service.logged();
  CHECK(logged.find("\"by\":\"root\"") != std::string::npos);
  CHECK(logged.find("\"user\":\"ann\"") != std::string::npos);
  CHECK(logged.find(id) != std::string::npos);
  CHECK(logged.find(key) == std::string::npos);
  CHECK(logged.find(key.substr(13)) == std::string::npos);
  CHECK(logged.find(identity::to_hex(identity::digest_of(key))) == std::string::npos);
}
