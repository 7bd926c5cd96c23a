// SPDX-License-Identifier: Apache-2.0
// What stays in the journal of requests that are refused and would have been no calls.
#include "unit/call/item_stage.hpp"
#include "unit/call/kept_records.hpp"

using namespace toolpost;
using namespace toolpost::testing;

namespace {

struct Scene {
  // The text of the error.
  std::string refused(const std::string& method, const std::string& params, const From& from) {
    const auto client = std::make_shared<Client>();
    client->streams = streams;
    CHECK_FALSE(stage.request(client, method, params, from));
    while (client->answers.empty()) {
      stage.io.restart();
      stage.io.run_one_for(std::chrono::milliseconds{50});
    }
    CHECK(client->heard("\"error\""));
    return client->text();
  }

  Records records() { return kept.of({"type", "method", "item", "plugin", "outcome", "code"}); }

  bool streams = true;
  ItemStage stage;
  KeptRecords kept{stage.dispatcher, *stage.log};
};

const From kModern{.principal = "ann"};
// No rule lets it use anything.
const From kNobody{.principal = "bob", .role = "nobody"};

From legacy(const std::string& role = "admin") {
  return {.principal = "ann", .role = role, .session = open_session()};
}

}  // namespace

TEST_CASE("refusals audit: a subscription of a legacy session") {
  Scene scene;
  scene.refused("resources/subscribe", R"("uri":7)", legacy());
  scene.refused("resources/subscribe", R"("uri":"no://such")", legacy());
  const std::string denied =
      scene.refused("resources/subscribe", R"("uri":"r://a")", legacy("nobody"));
  CHECK(denied.find("40300") != std::string::npos);
  CHECK(denied.find("\"rule\"") != std::string::npos);
  scene.refused("resources/unsubscribe", "", legacy());
  CHECK(scene.records() == Records{"outcome resources/subscribe - - invalid -32602",
                                   "outcome resources/subscribe no://such - unknown -32002",
                                   "outcome resources/subscribe r://a test.plugin denied 40300",
                                   "outcome resources/unsubscribe - - invalid -32602"});
}

TEST_CASE("refusals audit: a level of logging that there is not") {
  Scene scene;
  scene.refused("logging/setLevel", R"("level":"secret-value")", legacy());
  CHECK(scene.records() == Records{"outcome logging/setLevel - - invalid -32602"});
}

TEST_CASE("refusals audit: a bad cursor of a list") {
  Scene scene;
  scene.refused("tools/list", R"("cursor":"secret-value")", kModern);
  CHECK(scene.records() == Records{"outcome tools/list - - invalid -32602"});
}

TEST_CASE("refusals audit: a request too many") {
  Scene scene;
  call::AccessLimits limits{};
  limits.principal = {.per_minute = 1, .burst = 1};
  scene.stage.access.use(std::make_shared<const policy::AccessRules>(), limits);
  const auto first = std::make_shared<Client>();
  scene.stage.request(first, "tools/list", "", kModern);
  CHECK(first->heard("\"result\""));
  scene.refused("tools/list", "", kModern);
  CHECK(scene.records() == Records{"outcome tools/list - - rate_limited 42900"});
}

TEST_CASE("refusals audit: what cannot be listened to") {
  Scene scene;
  scene.refused("subscriptions/listen", R"("notifications":[])", kModern);
  scene.refused("subscriptions/listen", R"("notifications":{"taskIds":["blue.one"]})", kModern);
  scene.streams = false;
  scene.refused("subscriptions/listen", R"("notifications":{})", kModern);
  scene.stage.dispatcher.set_listen_limits({.total = 0});
  scene.streams = true;
  scene.refused("subscriptions/listen", R"("notifications":{})", kModern);
  scene.stage.dispatcher.stop_accepting();
  scene.refused("subscriptions/listen", R"("notifications":{})", kModern);
  CHECK(scene.records() == Records{"outcome subscriptions/listen - - invalid -32602",
                                   "outcome subscriptions/listen - - invalid -32021",
                                   "outcome subscriptions/listen - - invalid -32600",
                                   "outcome subscriptions/listen - - busy 50300",
                                   "outcome subscriptions/listen - - stopped 50300"});
}

TEST_CASE("refusals audit: a listener is a record for each resource that it may not read") {
  Scene scene;
  const auto client = std::make_shared<Client>();
  const auto call = scene.stage.request(
      client, "subscriptions/listen",
      R"("notifications":{"resourceSubscriptions":["r://a","no://such","t://1/2"]})", kNobody);
  REQUIRE(call);
  CHECK(client->notes.size() == 1);
  CHECK(client->notes.front().find("r://a") == std::string::npos);
  scene.stage.dispatcher.cancel(call);
  CHECK(scene.kept.of({"type", "method", "item", "user", "decision", "outcome"}) ==
        Records{"outcome subscriptions/listen r://a bob deny denied",
                "outcome subscriptions/listen t://1/2 bob deny denied"});
}
