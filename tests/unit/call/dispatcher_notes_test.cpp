// SPDX-License-Identifier: Apache-2.0
// Log messages that belong to a call: who asked for which level, when they go out, and when not.
#include "unit/call/item_stage.hpp"

using namespace toolpost;
using namespace toolpost::testing;

namespace {

// As the plugin's side does it (plugin/invocation.cpp).
void note(ItemStage& stage, const std::shared_ptr<call::Call>& one, const std::string& text) {
  if (one->notes.put({mcp::LogLevel::kInfo, text}, call::Clock::now())) stage.dispatcher.noted(one);
}

std::string with_level(const std::string& level) {
  return R"("name":"t","_meta":{"io.modelcontextprotocol/logLevel":)" + level + "}";
}

std::string notification(const std::string& data) {
  return R"({"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info",)"
         R"("logger":"test.plugin","data":")" +
         data + "\"}}";
}

// What the session is told when it sets that level.
std::string set_level(ItemStage& stage, const std::shared_ptr<call::LegacySession>& session,
                      const std::string& params) {
  const auto client = std::make_shared<Client>();
  CHECK_FALSE(stage.request(client, "logging/setLevel", params, {.session = session}));
  return client->text();
}

}  // namespace

TEST_CASE("notes: a modern request says its level itself, and without one wants nothing") {
  ItemStage stage;
  const auto level_of = [&](const std::string& params) {
    const auto one = stage.request(std::make_shared<Client>(), "tools/call", params);
    REQUIRE(one);
    return one->log_level ? std::string{mcp::to_string(*one->log_level)} : "none";
  };
  CHECK(level_of(R"("name":"t")") == "none");
  CHECK(level_of(R"("name":"t","_meta":{})") == "none");
  CHECK(level_of(with_level("\"warning\"")) == "warning");
  for (const char* level : {"\"loud\"", "\"Info\"", "\"\"", "1", "null", "{}"}) {
    CAPTURE(level);
    const auto client = std::make_shared<Client>();
    CHECK_FALSE(stage.request(client, "tools/call", with_level(level)));
    CHECK(client->heard(R"("code":-32602)"));
    CHECK(client->heard("io.modelcontextprotocol/logLevel"));
  }
  // There is no session that could remember one.
  const auto client = std::make_shared<Client>();
  CHECK_FALSE(stage.request(client, "logging/setLevel", R"("level":"info")"));
  CHECK(client->heard(R"("code":-32601)"));
}

TEST_CASE("notes: a legacy session says its level once, and what a request says does not count") {
  ItemStage stage;
  const auto session = open_session();
  const auto level = [&] {
    const auto one = stage.request(std::make_shared<Client>(), "tools/call",
                                   with_level("\"debug\""), {.session = session});
    REQUIRE(one);
    return one->log_level;
  };
  CHECK_FALSE(level().has_value());
  CHECK(set_level(stage, session, R"("level":"error")") ==
        R"({"jsonrpc":"2.0","id":7,"result":{}})");
  CHECK(level() == mcp::LogLevel::kError);
  for (const char* params : {"", R"("level":"loud")", R"("level":1)", R"("level":null)"}) {
    CAPTURE(params);
    CHECK(set_level(stage, session, params).find(R"("code":-32602)") != std::string::npos);
  }
  CHECK(level() == mcp::LogLevel::kError);
  CHECK(set_level(stage, session, R"("level":"debug")").find("result") != std::string::npos);
  CHECK(level() == mcp::LogLevel::kDebug);
  // Another session has not asked for anything.
  const auto one = stage.request(std::make_shared<Client>(), "tools/call", R"("name":"t")",
                                 {.session = open_session()});
  CHECK_FALSE(one->log_level.has_value());
}

TEST_CASE("notes: they go out as they come, in order, and all before the answer") {
  ItemStage stage;
  const auto client = std::make_shared<Client>();
  const auto one = stage.request(client, "tools/call", with_level("\"info\""));
  note(stage, one, "first");
  stage.poll();
  CHECK(client->notes == std::vector<std::string>{notification("first")});
  note(stage, one, "second");
  note(stage, one, "third");
  stage.complete(one, text_result());
  CHECK(client->notes == std::vector<std::string>{notification("first"), notification("second"),
                                                  notification("third")});
  CHECK(client->heard("done"));
  note(stage, one, "late");
  stage.poll();
  CHECK(client->notes.size() == 3);
}

TEST_CASE("notes: whatever bytes a plugin writes, the client gets JSON") {
  ItemStage stage;
  const auto client = std::make_shared<Client>();
  const auto one = stage.request(client, "tools/call", with_level("\"info\""));
  note(stage, one, "a\"\\\n\x7f\xff\xc3(\xed\xa0\x80");
  stage.complete(one, text_result());
  REQUIRE(client->notes.size() == 1);
  CHECK(json::parse(client->notes[0]).has_value());
  CHECK(client->notes[0].find('\n') == std::string::npos);
}

TEST_CASE(
    "notes: after a client has cancelled, or has gone away while it was told, it hears nothing") {
  ItemStage stage;
  const auto client = std::make_shared<Client>();
  const auto one = stage.request(client, "tools/call", with_level("\"info\""));
  note(stage, one, "first");
  stage.dispatcher.cancel(one);
  stage.poll();
  stage.complete(one, text_result());
  CHECK(client->notes.empty());
  CHECK(client->answers.empty());

  const auto gone = std::make_shared<Client>();
  const auto two = stage.request(gone, "tools/call", with_level("\"info\""));
  gone->on_notify = [&] { stage.dispatcher.cancel(two); };
  note(stage, two, "first");
  note(stage, two, "second");
  stage.complete(two, text_result());
  CHECK(gone->notes.size() == 1);
  CHECK(gone->answers.empty());
}

TEST_CASE("notes: a call that ends by its deadline still says what was waiting, and then no more") {
  ItemStage stage;
  const auto client = std::make_shared<Client>();
  const auto one = stage.request(client, "tools/call", with_level("\"info\""));
  one->notes.put({mcp::LogLevel::kInfo, "last words"}, call::Clock::now());
  one->deadline = call::Clock::now();
  stage.io.restart();
  stage.io.run();  // the sweep ends with the last unanswered call
  CHECK(client->notes == std::vector<std::string>{notification("last words")});
  CHECK(client->heard("did not finish"));
}

TEST_CASE("notes: the level of a session counts in the next round, and rounds do not mix") {
  ItemStage stage;
  const auto client = std::make_shared<Client>();
  const auto session = open_session();
  const auto one = stage.request(client, "tools/call", R"("name":"t")",
                                 {.features = ItemStage::kAllFeatures, .session = session});
  stage.complete(one, asks(kAskName));
  set_level(stage, session, R"("level":"info")");
  REQUIRE(client->asked.size() == 1);
  CHECK(stage.respond(session, "\"" + member_of(client->asked[0], {"id"}) + "\"",
                      R"("result":{"action":"cancel"})"));
  const auto two = stage.last();
  REQUIRE(two->round == 1);
  CHECK(two->log_level == mcp::LogLevel::kInfo);
  note(stage, one, "of the round before");
  note(stage, two, "of this one");
  stage.complete(two, text_result());
  CHECK(client->notes == std::vector<std::string>{notification("of this one")});
}

TEST_CASE("notes: so many at once, then so many a second, and never more than fit") {
  call::NoteQueue queue;
  const call::Clock::time_point start{std::chrono::hours{1}};
  std::size_t kept = 0;
  const auto put = [&](call::Clock::time_point now) {
    queue.put({mcp::LogLevel::kInfo, "x"}, now);
  };
  for (int i = 0; i < 1000; ++i) put(start);
  kept = queue.take().size();
  CHECK(kept == 200);
  for (int i = 0; i < 1000; ++i) put(start + std::chrono::seconds{1});
  CHECK(queue.take().size() == 50);
  for (int i = 0; i < 1000; ++i) put(start + std::chrono::seconds{10} + std::chrono::seconds{i});
  CHECK(queue.take().size() == call::NoteQueue::kMaxWaiting);
  CHECK(queue.put({mcp::LogLevel::kInfo, "x"}, start + std::chrono::hours{1}));
  CHECK_FALSE(queue.put({mcp::LogLevel::kInfo, "x"}, start + std::chrono::hours{1}));
}
