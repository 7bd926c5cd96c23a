// SPDX-License-Identifier: Apache-2.0
// Requests of several rounds in the legacy era: the questions go to the client as requests, and
// this side waits for the answers of the right session.
#include "unit/call/item_stage.hpp"

using namespace toolpost;
using namespace toolpost::testing;
using State = call::Call::State;

namespace {

constexpr const char* kCall = R"("name":"t","arguments":{"a":1})";
constexpr const char* kAccepted = R"({"action":"accept","content":{"name":"Ann"}})";
constexpr const char* kTwo =
    R"({"a":{"method":"roots/list"},"b":{"method":"sampling/createMessage","params":{}}})";

// A request of a legacy client whose plugin has been called once.
struct Scene {
  explicit Scene(const std::string& method = "tools/call", const std::string& params = kCall,
                 std::string_view version = "2025-11-25")
      : session(open_session(version)),
        from{.features = ItemStage::kAllFeatures, .session = session} {
    first = stage.request(client, method, params, from);
    REQUIRE(first);
  }

  void ask(std::string requests = kAskName) {
    stage.complete(stage.last(), asks(std::move(requests)));
  }

  // The id of that question, as JSON.
  std::string id(std::size_t question = 0) const {
    REQUIRE(client->asked.size() > question);
    return "\"" + member_of(client->asked[question], {"id"}) + "\"";
  }

  bool respond(const std::string& result, std::size_t question = 0) {
    return stage.respond(session, id(question), R"("result":)" + result);
  }

  std::size_t rounds() const { return stage.backend.running.size(); }

  // Nobody waits any more: the host could end.
  bool is_idle() {
    bool idle = false;
    stage.dispatcher.when_idle([&] { idle = true; });
    stage.poll();
    stage.dispatcher.when_idle(nullptr);
    return idle;
  }

  ItemStage stage{{.concurrency = 1, .queue = 4}};
  std::shared_ptr<Client> client = std::make_shared<Client>();
  std::shared_ptr<call::LegacySession> session;
  From from;
  std::shared_ptr<call::Call> first;
};

}  // namespace

TEST_CASE("legacy rounds: a question is a request to the client, its answer the next round") {
  Scene scene;
  scene.ask();
  CHECK(scene.client->answers.empty());
  REQUIRE(scene.client->asked.size() == 1);
  CHECK(member_of(scene.client->asked[0], {"method"}) == "elicitation/create");
  CHECK(member_of(scene.client->asked[0], {"params", "message"}) == "Name?");
  CHECK(scene.first->state == State::kAsking);
  CHECK(scene.rounds() == 1);
  CHECK(scene.respond(kAccepted));
  REQUIRE(scene.rounds() == 2);
  const auto second = scene.stage.last();
  CHECK(second->id != scene.first->id);
  CHECK(second->round == 1);
  CHECK(second->resume_state == "kept");
  CHECK(second->input_responses == std::string{R"({"name":)"} + kAccepted + "}");
  CHECK(second->arguments == R"({"a":1})");
  CHECK(second->session == scene.session);
  scene.stage.complete(second, text_result());
  CHECK(scene.client->heard(R"("id":7,"result":{"content":[{"type":"text","text":"done"}]})"));
  CHECK(scene.is_idle());
}

TEST_CASE("legacy rounds: the slot is free while a client thinks") {
  Scene scene;
  scene.ask();
  const auto other = std::make_shared<Client>();
  const auto one = scene.stage.request(other, "tools/call", kCall, scene.from);
  CHECK(scene.rounds() == 2);
  // Its turn comes again when the other is done.
  CHECK(scene.respond(kAccepted));
  CHECK(scene.rounds() == 2);
  scene.stage.complete(one, text_result());
  REQUIRE(scene.rounds() == 3);
  CHECK(scene.stage.last()->round == 1);
}

TEST_CASE("legacy rounds: the plugin's first round may end when it likes") {
  Scene scene;
  scene.stage.dispatcher.completed(scene.first, asks(kAskName));  // its frame stays
  scene.stage.poll();
  CHECK(scene.respond(kAccepted));
  CHECK(scene.rounds() == 1);  // one at a time
  scene.stage.leave(scene.first);
  REQUIRE(scene.rounds() == 2);
  scene.stage.complete(scene.stage.last(), text_result());
  CHECK(scene.client->heard("done"));
  CHECK(scene.is_idle());
}

TEST_CASE("legacy rounds: a client is not asked before it has said that it is ready") {
  Scene scene;
  scene.session->is_initialized = false;
  scene.ask(kTwo);
  CHECK(scene.client->asked.empty());
  CHECK(scene.first->state == State::kAsking);
  scene.stage.dispatcher.client_is_ready(open_session());  // somebody else
  CHECK(scene.client->asked.empty());
  scene.stage.dispatcher.client_is_ready(scene.session);
  scene.stage.dispatcher.client_is_ready(scene.session);
  CHECK(scene.client->asked.size() == 2);
  CHECK(scene.respond(R"({"roots":[]})"));
  CHECK(
      scene.respond(R"({"role":"assistant","content":{"type":"text","text":"x"},"model":"m"})", 1));
  CHECK(scene.rounds() == 2);
}

TEST_CASE("legacy rounds: all questions are asked, in order, and all answers waited for") {
  Scene scene;
  scene.ask(kTwo);
  REQUIRE(scene.client->asked.size() == 2);
  CHECK(member_of(scene.client->asked[0], {"method"}) == "roots/list");
  CHECK(scene.id(0) != scene.id(1));
  CHECK(scene.respond(R"({"role":"assistant","content":{"type":"text","text":"x"}})", 1));
  CHECK(scene.rounds() == 1);
  CHECK(scene.respond(R"({"roots":[]})", 0));
  REQUIRE(scene.rounds() == 2);
  CHECK(scene.stage.last()->input_responses ==
        R"({"a":{"roots":[]},"b":{"role":"assistant","content":{"type":"text","text":"x"}}})");
}

TEST_CASE("legacy rounds: only the session that was asked can answer, and only once") {
  Scene scene;
  scene.ask();
  const auto other = open_session();
  const std::string result = R"("result":)" + std::string{kAccepted};
  CHECK_FALSE(scene.stage.respond(other, scene.id(), result));
  CHECK_FALSE(scene.stage.respond(nullptr, scene.id(), result));
  CHECK_FALSE(scene.stage.respond(scene.session, "1", result));
  CHECK_FALSE(scene.stage.respond(scene.session, "7", result));
  CHECK_FALSE(scene.stage.respond(scene.session, R"("toolpost-0")", result));
  CHECK(scene.rounds() == 1);
  CHECK(scene.respond(kAccepted));
  CHECK_FALSE(scene.respond(kAccepted));
  CHECK(scene.rounds() == 2);
}

TEST_CASE(
    "legacy rounds: an error of the client ends the request, and the other questions with it") {
  Scene scene;
  scene.ask(kTwo);
  CHECK(scene.stage.respond(scene.session, scene.id(0),
                            R"("error":{"code":-1,"message":"User said no"})"));
  CHECK(scene.client->heard(R"("isError":true)"));
  CHECK(scene.client->heard(R"(The client did not answer \"a\": User said no)"));
  CHECK_FALSE(scene.respond(R"({"role":"assistant","content":{}})", 1));
  CHECK(scene.rounds() == 1);
  CHECK(scene.is_idle());
}

TEST_CASE("legacy rounds: an error without words, and of a request that is no tool call") {
  Scene scene{"prompts/get", R"("name":"p","arguments":{"x":"1"})"};
  scene.ask();
  CHECK(scene.stage.respond(scene.session, scene.id(), R"("error":null)"));
  CHECK(scene.client->heard(R"("error":{"code":-32603)"));
  CHECK(scene.client->heard(R"(The client did not answer \"name\": it gave an error)"));
  CHECK(scene.is_idle());
}

TEST_CASE("legacy rounds: an answer that is none ends the request with the reason") {
  for (const char* result : {R"({"action":"accept","content":{"name":1}})", R"({"action":"maybe"})",
                             "{}", "[]", "null", "\"x\"", "1"}) {
    CAPTURE(result);
    Scene scene;
    scene.ask();
    CHECK(scene.respond(result));
    CHECK(scene.client->heard(R"("isError":true)"));
    CHECK(scene.client->heard(R"(The answer to \"name\" is not valid: )"));
    CHECK(scene.rounds() == 1);
    CHECK(scene.is_idle());
  }
}

TEST_CASE("legacy rounds: who declines is told to the plugin") {
  Scene scene;
  scene.ask();
  CHECK(scene.respond(R"({"action":"decline","content":{"name":["evil"]}})"));
  CHECK(scene.stage.last()->input_responses == R"({"name":{"action":"decline"}})");
}

TEST_CASE("legacy rounds: a client that cannot be asked is told so") {
  Scene scene;
  scene.client->can_be_asked = false;
  scene.ask(kTwo);
  CHECK(scene.client->asked.size() == 1);
  CHECK(scene.client->heard("The client cannot be asked on this connection"));
  CHECK(scene.is_idle());
}

TEST_CASE("legacy rounds: a question that the revision or the client does not have") {
  Scene old{"tools/call", kCall, "2025-03-26"};
  old.ask();
  CHECK(old.client->asked.empty());
  CHECK(old.client->heard("protocol version has no such question"));
  CHECK(old.is_idle());

  Scene lacking;
  const auto client = std::make_shared<Client>();
  lacking.ask();
  const auto one = lacking.stage.request(client, "tools/call", kCall, {.session = lacking.session});
  lacking.stage.complete(one, asks(kAskName));
  CHECK(client->asked.empty());
  CHECK(client->heard(R"("isError":true)"));
  CHECK(client->heard("The client lacks a capability"));
}

// Nothing has gone out when one of several cannot be asked.
TEST_CASE("legacy rounds: either all questions are asked or none") {
  Scene scene{"tools/call", kCall, "2025-06-18"};
  scene.ask(R"({"a":{"method":"roots/list"},"b":{"method":"elicitation/create","params":)"
            R"({"mode":"url","message":"m","url":"https://x/"}}})");
  CHECK(scene.client->asked.empty());
  CHECK(scene.client->heard("protocol version has no such question"));
}

TEST_CASE("legacy rounds: a client that ends the connection while it is asked is forgotten") {
  for (const bool can_be_asked : {true, false}) {
    CAPTURE(can_be_asked);
    Scene scene;
    scene.client->can_be_asked = can_be_asked;
    scene.client->on_ask = [&] { scene.stage.dispatcher.cancel(scene.first); };
    scene.ask(kTwo);
    CHECK(scene.client->asked.size() == 1);
    CHECK(scene.client->answers.empty());
    CHECK_FALSE(scene.respond(R"({"roots":[]})"));
    CHECK(scene.rounds() == 1);
    CHECK(scene.is_idle());
  }
}

TEST_CASE("legacy rounds: cancelled while asked there is no answer, and no next round") {
  Scene scene;
  scene.ask();
  scene.stage.dispatcher.cancel(scene.first);
  CHECK_FALSE(scene.respond(kAccepted));
  CHECK(scene.client->answers.empty());
  CHECK(scene.rounds() == 1);
  CHECK(scene.stage.backend.cancelled.empty());
  CHECK(scene.is_idle());
}

TEST_CASE("legacy rounds: cancelling finds the round that runs") {
  Scene scene;
  call::LiveCalls calls;
  calls.add("7", scene.first);
  scene.ask();
  CHECK(calls.find("7") == scene.first);
  CHECK(scene.respond(kAccepted));
  const auto second = scene.stage.last();
  CHECK(calls.find("7") == second);
  scene.ask(R"({"b":{"method":"roots/list"}})");
  CHECK(calls.find("7") == second);
  CHECK(scene.respond(R"({"roots":[]})", 1));
  const auto third = scene.stage.last();
  REQUIRE(third->round == 2);
  CHECK(calls.find("7") == third);
  scene.stage.dispatcher.cancel(calls.find("7"));
  CHECK(third->cancelled);
  REQUIRE(scene.stage.backend.cancelled.size() == 1);
  CHECK(scene.stage.backend.cancelled[0] == third);
  scene.stage.complete(third, text_result());
  CHECK(scene.client->answers.empty());
  CHECK(scene.is_idle());
}

TEST_CASE("legacy rounds: a key that is revoked while its user is asked") {
  Scene scene;
  scene.ask();
  scene.stage.dispatcher.revoke([](const identity::Principal& who) { return who.name == "bob"; });
  CHECK(scene.client->status == 401);
  CHECK(scene.client->heard(R"("code":40100)"));
  CHECK_FALSE(scene.respond(kAccepted));
  CHECK(scene.rounds() == 1);
  CHECK(scene.is_idle());
}

TEST_CASE("legacy rounds: rules that have changed while a client was asked count") {
  Scene scene;
  const auto rules = policy::AccessRules::compile({{"dev", {.tools = {"t"}}}});
  REQUIRE(rules.has_value());
  scene.stage.access.use(std::make_shared<const policy::AccessRules>(*rules), {});
  scene.stage.complete(scene.first, text_result());
  const auto client = std::make_shared<Client>();
  From dev = scene.from;
  dev.role = "dev";
  REQUIRE(scene.stage.request(client, "tools/call", kCall, dev));
  scene.ask();
  REQUIRE(client->asked.size() == 1);
  scene.stage.access.use(std::make_shared<const policy::AccessRules>(), {});
  const std::string id = "\"" + member_of(client->asked[0], {"id"}) + "\"";
  CHECK(scene.stage.respond(scene.session, id, R"("result":)" + std::string{kAccepted}));
  CHECK(scene.rounds() == 2);
  CHECK(client->heard("Denied"));
  CHECK(scene.is_idle());
}

TEST_CASE("legacy rounds: a host that stops lets an answer come, but begins nothing with it") {
  Scene scene;
  scene.ask();
  scene.stage.dispatcher.stop_accepting();
  CHECK(scene.client->answers.empty());
  CHECK(scene.respond(kAccepted));
  CHECK(scene.rounds() == 1);
  CHECK(scene.client->status == 503);
  CHECK(scene.client->heard(R"("reason":"stopping")"));
  CHECK(scene.is_idle());
}

TEST_CASE("legacy rounds: at the end of a stop who is still asked gets an answer") {
  Scene scene;
  scene.ask();
  scene.stage.dispatcher.stop_accepting();
  CHECK_FALSE(scene.is_idle());
  scene.stage.dispatcher.answer_rest();
  CHECK(scene.client->status == 503);
  CHECK_FALSE(scene.respond(kAccepted));
  CHECK(scene.is_idle());
}

TEST_CASE("legacy rounds: a host that stops asks nobody any more") {
  Scene scene;
  scene.stage.dispatcher.completed(scene.first, asks(kAskName));
  scene.stage.dispatcher.stop_accepting();
  scene.stage.dispatcher.answer_rest();
  scene.stage.poll();
  CHECK(scene.client->asked.empty());
  CHECK(scene.client->status == 503);
  CHECK(scene.is_idle());
}

TEST_CASE("legacy rounds: who does not answer in time is told so") {
  Scene scene;
  scene.ask();
  CHECK(scene.first->deadline > call::Clock::now() + std::chrono::minutes{9});
  CHECK(scene.first->deadline < call::Clock::now() + std::chrono::minutes{11});
  scene.first->deadline = call::Clock::now();
  scene.stage.io.restart();
  scene.stage.io.run();  // the sweep ends with the last unanswered call
  CHECK(scene.client->heard("The client did not answer in time"));
  CHECK(scene.client->heard(R"("isError":true)"));
  CHECK_FALSE(scene.respond(kAccepted));
  CHECK(scene.is_idle());
}

TEST_CASE("legacy rounds: there are eight, and the eighth cannot ask any more") {
  Scene scene;
  for (std::uint32_t round = 0; round + 1 < call::kMaxRounds; ++round) {
    CHECK(scene.stage.last()->round == round);
    scene.ask();
    REQUIRE(scene.client->asked.size() == round + 1);
    CHECK(scene.respond(kAccepted, round));
  }
  CHECK(scene.stage.last()->round == call::kMaxRounds - 1);
  scene.ask();
  CHECK(scene.client->asked.size() == call::kMaxRounds - 1);
  CHECK(scene.client->heard(R"("code":-32603)"));
  CHECK(scene.is_idle());
}

TEST_CASE("legacy rounds: without a question the next round comes at once, but not for ever") {
  Scene scene;
  for (std::uint32_t round = 0; round + 1 < call::kMaxRounds; ++round) {
    scene.ask("{}");
    REQUIRE(scene.rounds() == round + 2);
    CHECK(scene.stage.last()->input_responses == "{}");
  }
  scene.ask("{}");
  CHECK(scene.client->heard(R"("code":-32603)"));
  CHECK(scene.is_idle());
}

TEST_CASE("legacy rounds: progress goes on rising from round to round") {
  Scene scene{"tools/call", R"("name":"t","_meta":{"progressToken":1})"};
  bool first = false;
  CHECK(scene.first->progress.put({5, 10, ""}, &first));
  scene.stage.dispatcher.progressed(scene.first);
  scene.ask();
  CHECK(scene.client->notes.size() == 1);
  CHECK(scene.respond(kAccepted));
  const auto second = scene.stage.last();
  CHECK(second->progress_token == "1");
  CHECK_FALSE(second->progress.put({5, 10, ""}, &first));
  CHECK(second->progress.put({6, 10, ""}, &first));
  scene.stage.complete(second, text_result());
  CHECK(scene.client->notes.size() == 2);
}

TEST_CASE(
    "legacy rounds: a place among a principal's calls is kept through all rounds, and given back") {
  Scene scene;
  scene.stage.dispatcher.cancel(scene.first);
  scene.stage.complete(scene.first, text_result());
  scene.stage.access.use(std::make_shared<const policy::AccessRules>(),
                         {.principal = {}, .address = {}, .tool = {}, .calls_per_principal = 1});
  const auto client = std::make_shared<Client>();
  const auto one = scene.stage.request(client, "tools/call", kCall, scene.from);
  REQUIRE(one);
  scene.stage.complete(one, asks(kAskName));
  const auto refused = std::make_shared<Client>();
  CHECK_FALSE(scene.stage.request(refused, "tools/call", kCall, scene.from));
  CHECK(refused->status == 429);
  const std::string id = "\"" + member_of(client->asked[0], {"id"}) + "\"";
  CHECK(scene.stage.respond(scene.session, id, R"("result":)" + std::string{kAccepted}));
  CHECK_FALSE(scene.stage.request(std::make_shared<Client>(), "tools/call", kCall, scene.from));
  scene.stage.complete(scene.stage.last(), text_result());
  CHECK(client->heard("done"));
  CHECK(scene.stage.request(std::make_shared<Client>(), "tools/call", kCall, scene.from));
}
