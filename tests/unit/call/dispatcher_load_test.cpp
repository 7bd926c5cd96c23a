// SPDX-License-Identifier: Apache-2.0
// More calls than the server takes on at once, and callers that want more than others.
#include "unit/call/item_stage.hpp"

using namespace toolpost;
using namespace toolpost::testing;

namespace {

constexpr const char* kCall = R"("name":"t","arguments":{})";

struct Load {
  explicit Load(call::LaneLimits limits = {}) : stage(limits) {}

  std::shared_ptr<call::Call> call(const char* principal = "root", const char* params = kCall) {
    return stage.request(client = std::make_shared<Client>(), "tools/call", params,
                         {.principal = principal});
  }

  ItemStage stage;
  std::shared_ptr<Client> client;  // of the last call
};

}  // namespace

TEST_CASE("load: past the limit 503 before the arguments are looked at, and a place comes back") {
  Load load;
  load.stage.dispatcher.capacity().set_limit(1);
  const auto one = load.call();
  REQUIRE(one);
  CHECK_FALSE(load.call("ann", R"("name":"t","arguments":[])"));
  CHECK(load.client->status == 503);
  CHECK(load.client->heard(R"("code":50300)"));
  CHECK(load.client->heard(R"("reason":"overloaded")"));
  load.stage.complete(one, text_result());
  CHECK(load.stage.dispatcher.capacity().taken() == 0);
  CHECK(load.call("ann"));
}

TEST_CASE("load: who may not, and what there is not, is said all the same") {
  Load load;
  load.stage.dispatcher.capacity().set_limit(1);
  REQUIRE(load.call());
  CHECK_FALSE(load.stage.request(load.client = std::make_shared<Client>(), "tools/call", kCall,
                                 {.principal = "eve", .role = "user"}));
  CHECK(load.client->heard("rule roles.user"));
  CHECK_FALSE(load.call("ann", R"("name":"unknown")"));
  CHECK(load.client->heard("-32602"));
  CHECK(load.stage.dispatcher.capacity().taken() == 1);
}

TEST_CASE("load: a place is free again however a call ends") {
  Load load{{.concurrency = 1, .queue = 4}};
  const auto taken = [&] { return load.stage.dispatcher.capacity().taken(); };
  const auto first = load.call();
  const auto waiting = load.call();
  CHECK(taken() == 2);
  load.stage.dispatcher.cancel(waiting);
  CHECK(taken() == 1);
  load.stage.dispatcher.cancel(first);  // the plugin still works on it, and nobody waits
  CHECK(taken() == 0);
  CHECK_FALSE(load.call("root", R"("name":"t","arguments":[])"));
  CHECK(taken() == 0);
  load.stage.complete(first, text_result());
  const auto last = load.call();
  load.stage.dispatcher.revoke([](const identity::Principal&) { return false; });
  CHECK(taken() == 0);
  load.stage.complete(last, text_result());
}

TEST_CASE("load: who waits for an answer of their client has no place, and goes on with one") {
  Load load;
  const auto session = open_session();
  const From from{.features = ItemStage::kAllFeatures, .session = session};
  load.client = std::make_shared<Client>();
  const auto one = load.stage.request(load.client, "tools/call", kCall, from);
  load.stage.complete(one, asks(kAskName));
  call::Capacity& capacity = load.stage.dispatcher.capacity();
  CHECK(capacity.taken() == 0);
  capacity.set_limit(1);
  const auto client = load.client;
  const auto other = load.call("ann");
  REQUIRE(other);
  const std::string id = "\"" + member_of(client->asked[0], {"id"}) + "\"";
  CHECK(
      load.stage.respond(session, id, R"("result":{"action":"accept","content":{"name":"Ann"}})"));
  CHECK(capacity.taken() == 2);
  load.stage.complete(load.stage.last(), text_result());
  CHECK(client->heard("done"));
  load.stage.complete(other, text_result());
  CHECK(capacity.taken() == 0);
}

TEST_CASE("load: in a plugin's queue callers have turns, and none can fill it alone") {
  Load load{{.concurrency = 1, .queue = 6}};
  REQUIRE(load.call("greedy"));
  std::size_t waiting = 0;
  while (load.call("greedy")) ++waiting;
  CHECK(waiting == 3);
  CHECK(load.client->heard(R"("reason":"busy")"));
  REQUIRE(load.call("ann"));
  const auto next = [&] {
    const auto done = load.stage.last();
    load.stage.complete(done, text_result());
    return load.stage.last()->principal.name;
  };
  CHECK(next() == "greedy");
  CHECK(next() == "ann");
  CHECK(next() == "greedy");
}
