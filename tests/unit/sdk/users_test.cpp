// SPDX-License-Identifier: Apache-2.0
// Users: what is asked of the host, and what becomes of each of its answers.
#include "fake_host.hpp"

#include <toolpost/sdk.hpp>
#include <toolpost/users.hpp>

#include <doctest/doctest.h>

namespace toolpost::sdk::test {
namespace {

const std::string kAnn =
    R"({"username":"ann","role":"admin","created_at":"2026-01-31T12:00:00Z","disabled":true,)"
    R"("keys":[{"id":"aaaaaaaa","created_at":"2026-01-31T12:00:00Z","age_s":60,)"
    R"("last_used_at":null,"expires_at":"2027-01-31T12:00:00Z"}]})";

// Does with the users what the test wants.
class Manager final : public Plugin {
 public:
  explicit Manager(const Context& context) : Plugin(context) { last_created() = this; }

  void start() override {
    add(Tool("manage").run([this](const Call& call) { return act(Users(call)); }));
  }

  static Manager*& last_created() {
    static Manager* manager = nullptr;
    return manager;
  }

  std::function<Result(const Users&)> act;
};

constexpr toolpost_entry kEntry =
    PluginInfo("test.manager", "1.0.0").entry(&detail::create<Manager>);

Completion run(FakeHost& host, std::function<Result(const Users&)> act) {
  REQUIRE(host.create(kEntry) == TOOLPOST_OK);
  REQUIRE(host.start() == TOOLPOST_OK);
  Manager::last_created()->act = std::move(act);
  Completion completion = host.wait(host.call("manage"));
  host.stop();
  host.destroy();
  return completion;
}

// The one question that `act` led to.
UsersRequest question_of(const std::string& reply, std::function<void(const Users&)> act) {
  FakeHost host;
  std::vector<UsersRequest> seen;
  host.grant_users([&](const UsersRequest& request) {
    seen.push_back(request);
    return UsersReply{TOOLPOST_OK, reply};
  });
  const Completion completion = run(host, [&](const Users& users) {
    act(users);
    return Result::text("done");
  });
  CHECK(completion.status == TOOLPOST_OK);
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].call == completion.id);
  return seen[0];
}

Completion answered_with(const UsersReply& reply) {
  FakeHost host;
  host.grant_users([&](const UsersRequest&) { return reply; });
  return run(host, [](const Users& users) {
    users.list();
    return Result::text("done");
  });
}

TEST_CASE("users: each function asks for its operation") {
  const std::string user = R"({"user":)" + kAnn + "}";
  const std::string issued = R"({"user":)" + kAnn + R"(,"api_key":"k"})";
  UsersRequest asked = question_of(issued, [](const Users& users) {
    users.create({"ann", "admin", {}, {}});
  });
  CHECK(asked.operation == "create");
  CHECK(asked.arguments == R"({"username":"ann","role":"admin"})");
  asked = question_of(issued, [](const Users& users) {
    users.create({"ann", "user", "a key", "2027-01-31T12:00:00Z"});
  });
  CHECK(
      asked.arguments ==
      R"({"username":"ann","role":"user","api_key":"a key","expires_at":"2027-01-31T12:00:00Z"})");
  asked = question_of(R"({"users":[]})", [](const Users& users) { users.list(); });
  CHECK(asked.operation == "list");
  CHECK(asked.arguments == "{}");
  asked = question_of(user, [](const Users& users) { users.remove("ann"); });
  CHECK(asked.operation == "delete");
  CHECK(asked.arguments == R"({"username":"ann"})");
  asked = question_of(issued, [](const Users& users) { users.rotate_key("ann"); });
  CHECK(asked.operation == "rotate_key");
  CHECK(asked.arguments == R"({"username":"ann","grace_s":86400})");
  asked = question_of(user, [](const Users& users) { users.set_disabled("ann", true); });
  CHECK(asked.operation == "disable");
  CHECK(asked.arguments == R"({"username":"ann","disabled":true})");
  asked = question_of(user, [](const Users& users) { users.set_role("ann", "user"); });
  CHECK(asked.operation == "set_role");
  CHECK(asked.arguments == R"({"username":"ann","role":"user"})");
}

TEST_CASE("users: what the host says of a user arrives, and goes back into the same JSON") {
  FakeHost host;
  host.grant_users([&](const UsersRequest&) {
    return UsersReply{TOOLPOST_OK, R"({"user":)" + kAnn + R"(,"api_key":"the key"})"};
  });
  IssuedKey issued;
  run(host, [&](const Users& users) {
    issued = users.create({"ann", "admin", {}, {}});
    return Result::text("done");
  });
  CHECK(issued.api_key == "the key");
  CHECK(issued.user.username == "ann");
  CHECK(issued.user.role == "admin");
  CHECK(issued.user.disabled);
  REQUIRE(issued.user.keys.size() == 1);
  CHECK(issued.user.keys[0].id == "aaaaaaaa");
  CHECK(issued.user.keys[0].age == std::chrono::seconds(60));
  CHECK(issued.user.keys[0].last_used_at.empty());
  CHECK(issued.user.keys[0].expires_at == "2027-01-31T12:00:00Z");
  CHECK(to_json(issued.user) == Json::parse(kAnn));
}

TEST_CASE("users: a refusal is an error with the host's status and words") {
  Completion completion = answered_with({TOOLPOST_E_DENIED, "no admin would be left"});
  CHECK(completion.status == TOOLPOST_E_DENIED);
  CHECK(completion.message == "no admin would be left");
  completion = answered_with({TOOLPOST_E_UNAVAILABLE, ""});
  CHECK(completion.status == TOOLPOST_E_UNAVAILABLE);
  CHECK(completion.message == "the users cannot be changed now; try again");
}

TEST_CASE("users: an answer that makes no sense is an error, never an empty list") {
  for (const char* text : {"", "{}", "[]", R"({"users":{}})", R"({"users":[{}]})", "{"}) {
    const Completion completion = answered_with({TOOLPOST_OK, text});
    CHECK_MESSAGE(completion.status != TOOLPOST_OK, text);
  }
}

TEST_CASE("users: without the extension the error names the grant") {
  FakeHost host;
  const Completion completion = run(host, [](const Users& users) {
    users.list();
    return Result::text("done");
  });
  CHECK(completion.status == TOOLPOST_E_UNSUPPORTED);
  CHECK(completion.message.find("toolpost.users/1") != std::string::npos);
}

}  // namespace
}  // namespace toolpost::sdk::test
