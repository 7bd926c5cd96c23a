// SPDX-License-Identifier: Apache-2.0
// What stays in the journal of requests that ask their client for input, and of what is no tool.
#include "unit/call/item_stage.hpp"
#include "unit/call/kept_records.hpp"

#include <functional>
#include <map>

using namespace toolpost;
using namespace toolpost::testing;

namespace {

struct Scene {
  template <class Done>
  void run_until(Done done) {
    while (!done()) {
      stage.io.restart();
      stage.io.run_one_for(std::chrono::milliseconds{50});
    }
  }

  std::shared_ptr<call::Call> call;

  // The plugin is given the next call and meets it with `outcome`.
  void serve(call::Outcome outcome) {
    run_until([&] { return stage.backend.running.size() > served; });
    stage.complete(stage.backend.running[served++], std::move(outcome));
  }

  void wait_for_answer(const Client& client) {
    run_until([&] { return !client.answers.empty(); });
  }

  Records records() { return kept.of({"type", "item", "round", "outcome", "code"}); }

  std::size_t served = 0;
  ItemStage stage;
  KeptRecords kept{stage.dispatcher, *stage.log};
};

const From kModern{.principal = "ann", .features = ItemStage::kAllFeatures};
constexpr const char* kAnswer = R"({"action":"accept","content":{"name":"secret-value"}})";

From legacy() {
  return {.principal = "ann", .features = ItemStage::kAllFeatures, .session = open_session()};
}

std::string id_of(const Client& client) {
  REQUIRE_FALSE(client.asked.empty());
  return "\"" + member_of(client.asked.back(), {"id"}) + "\"";
}

}  // namespace

TEST_CASE("rounds audit: each round of a modern request is a record, with its number") {
  Scene scene;
  const auto first = std::make_shared<Client>();
  scene.stage.request(first, "tools/call", R"("name":"touch")", kModern);
  scene.serve(asks(kAskName, "secret-value"));
  scene.wait_for_answer(*first);
  const std::string state = member_of(first->text(), {"result", "requestState"});
  const auto second = std::make_shared<Client>();
  scene.stage.request(second, "tools/call",
                      R"("name":"touch","requestState":")" + state +
                          R"(","inputResponses":{"name":)" + kAnswer + "}",
                      kModern);
  scene.serve(text_result());
  scene.wait_for_answer(*second);
  CHECK(second->heard("done"));
  const auto refused = std::make_shared<Client>();
  scene.stage.request(refused, "tools/call", R"("name":"t","requestState":")" + state + "\"",
                      kModern);
  scene.wait_for_answer(*refused);
  CHECK(scene.records() == Records{"intent touch - - -", "outcome touch - input_required -",
                                   "intent touch 1 - -", "outcome touch 1 ok -",
                                   "outcome t - invalid -32602"});
}

TEST_CASE("rounds audit: a legacy client is asked when the round is recorded, and not before") {
  Scene scene;
  const auto client = std::make_shared<Client>();
  client->on_ask = [&] { CHECK(scene.kept.count("\"input_required\"") == client->asked.size()); };
  const From from = legacy();
  scene.stage.request(client, "tools/call", R"("name":"touch")", from);
  scene.serve(asks(kAskName));
  scene.run_until([&] { return !client->asked.empty(); });
  CHECK(scene.stage.respond(from.session, id_of(*client), R"("result":)" + std::string{kAnswer}));
  scene.serve(asks(R"({"b":{"method":"roots/list"}})"));
  scene.run_until([&] { return client->asked.size() == 2; });
  CHECK(scene.stage.respond(from.session, id_of(*client), R"("result":{"roots":[]})"));
  scene.serve(text_result());
  scene.wait_for_answer(*client);
  CHECK(scene.records() == Records{"intent touch - - -", "outcome touch - input_required -",
                                   "intent touch 1 - -", "outcome touch 1 input_required -",
                                   "intent touch 2 - -", "outcome touch 2 ok -"});
}

TEST_CASE("rounds audit: however a request ends while its client is asked, that is a record") {
  const std::map<std::string, std::function<void(Scene&, const From&, const Client&)>> ways = {
      {"outcome touch 1 cancelled -",
       [](Scene& scene, const From&, const Client&) { scene.stage.dispatcher.cancel(scene.call); }},
      {"outcome touch 1 revoked 40100",
       [](Scene& scene, const From&, const Client&) {
         scene.stage.dispatcher.revoke([](const identity::Principal&) { return false; });
       }},
      {"outcome touch 1 stopped 50300",
       [](Scene& scene, const From&, const Client&) { scene.stage.dispatcher.answer_rest(); }},
      {"outcome touch 1 error -",
       [](Scene& scene, const From& from, const Client& client) {
         CHECK(scene.stage.respond(from.session, id_of(client),
                                   R"("error":{"code":1,"message":"n"})"));
       }},
      {"outcome touch 1 invalid -", [](Scene& scene, const From& from, const Client& client) {
         CHECK(scene.stage.respond(from.session, id_of(client), R"("result":{"action":"maybe"})"));
       }}};
  for (const auto& way : ways) {
    const auto& record = way.first;
    CAPTURE(record);
    Scene scene;
    const auto client = std::make_shared<Client>();
    const From from = legacy();
    scene.call = scene.stage.request(client, "tools/call", R"("name":"touch")", from);
    scene.serve(asks(kAskName));
    scene.run_until([&] { return !client->asked.empty(); });
    way.second(scene, from, *client);
    if (record.find("cancelled") == std::string::npos) scene.wait_for_answer(*client);
    CHECK(scene.records() ==
          Records{"intent touch - - -", "outcome touch - input_required -", record});
  }
}

TEST_CASE("rounds audit: without a record of the round nobody is asked") {
  Scene scene;
  const auto client = std::make_shared<Client>();
  scene.stage.request(client, "tools/call", R"("name":"t")", legacy());
  CHECK(scene.kept.journal().close("test",
                                   std::chrono::minutes{1}));  // from here nothing is recorded
  scene.serve(asks(kAskName));
  scene.wait_for_answer(*client);
  CHECK(client->asked.empty());
  CHECK(client->status == 503);
  CHECK(client->heard(R"("reason":"audit")"));
}

TEST_CASE("rounds audit: cancelled while its round is recorded, a request is not asked about") {
  Scene scene;
  const auto client = std::make_shared<Client>();
  const auto one = scene.stage.request(client, "tools/call", R"("name":"t")", legacy());
  scene.stage.dispatcher.completed(one, asks(kAskName));
  scene.stage.dispatcher.cancel(one);
  scene.stage.leave(one);
  CHECK(scene.records() == Records{"outcome t - input_required -"});
  scene.stage.poll();
  CHECK(client->asked.empty());
  CHECK(client->answers.empty());
}

TEST_CASE("rounds audit: readings, prompts and completions are calls like any other") {
  Scene scene;
  const auto finish = [&](const std::string& method, const std::string& params,
                          const std::string& payload, const From& from) {
    const auto client = std::make_shared<Client>();
    if (scene.stage.request(client, method, params, from)) {
      scene.serve({.status = TOOLPOST_OK, .payload = payload});
    }
    scene.wait_for_answer(*client);
  };
  const std::string contents = R"({"contents":[{"uri":"u","text":"x"}]})";
  finish("resources/read", R"("uri":"r://a")", contents, kModern);
  finish("resources/read", R"("uri":"t://secret/2?token=secret-value")", contents, kModern);
  finish("resources/read", R"("uri":"t://1/2")", contents, kModern);
  finish("resources/read", R"("uri":"t://1/2")", "{}", kModern);
  finish("prompts/get", R"("name":"p","arguments":{"x":"secret-value"})", R"({"messages":[]})",
         kModern);
  finish("prompts/get", R"("name":"p")", "", kModern);
  finish("prompts/get", R"("name":"p")", "", {.principal = "bob", .role = "none"});
  const std::string ref = R"("ref":{"type":"ref/prompt","name":"p"},"argument":{"name":")";
  finish("completion/complete", ref + R"(x","value":"secret-value"})",
         R"({"completion":{"values":[]}})", kModern);
  finish("completion/complete", ref + R"(y","value":"secret-value"})", "", kModern);
  CHECK(scene.records() ==
        Records{"outcome r://a - ok -", "outcome t://secret/2?token=[redacted] - unknown -32602",
                "outcome t://1/2 - ok -", "outcome t://1/2 - error -32603", "outcome p - ok -",
                "outcome p - invalid -32602", "outcome p - denied 40300", "outcome p - ok -",
                "outcome p - ok -"});
}
