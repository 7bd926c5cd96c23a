// SPDX-License-Identifier: Apache-2.0
// Plugins that come and go while requests are served: what began on one instance ends there.
#include "item_stage.hpp"

using namespace toolpost;
using namespace toolpost::testing;

namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The items of the stage on another lane, as a reload puts them there.
struct Replaced {
  explicit Replaced(ItemStage& on) : stage(on) {
    stage.dispatcher.add_lane(lane, "test.plugin", backend, {});
    registry::Items items;
    for (const mcp::ItemKind kind : mcp::kAllItemKinds) {
      for (const auto& old : stage.registry.snapshot()->items(kind)) {
        registry::Item item = *old;
        item.lane = lane;
        items.push_back(std::make_shared<const registry::Item>(std::move(item)));
      }
    }
    const std::vector<std::string> ids{"test.plugin"};
    REQUIRE(stage.registry.exchange(ids, std::move(items)).has_value());
  }

  ItemStage& stage;
  FakeBackend backend;
  const std::size_t lane = stage.dispatcher.new_lane();
};

constexpr const char* kCall = R"("name":"t","arguments":{})";
constexpr std::size_t kFirstLane = 0;

}  // namespace

TEST_CASE("dispatcher lanes: a call ends where it began, the next one begins on the new lane") {
  ItemStage stage;
  const auto old_client = std::make_shared<Client>();
  const auto begun = stage.request(old_client, "tools/call", kCall);
  Replaced replaced{stage};
  CHECK(stage.dispatcher.has_calls(kFirstLane));
  CHECK_FALSE(stage.dispatcher.has_calls(replaced.lane));
  const auto new_client = std::make_shared<Client>();
  const auto later = stage.request(new_client, "tools/call", kCall);
  CHECK(stage.backend.running.size() == 1);
  REQUIRE(replaced.backend.running.size() == 1);
  CHECK(stage.dispatcher.has_calls(replaced.lane));

  stage.complete(begun, text_result());
  CHECK(old_client->heard("done"));
  CHECK_FALSE(stage.dispatcher.has_calls(kFirstLane));
  stage.dispatcher.remove_lane(kFirstLane);
  stage.complete(later, text_result());
  CHECK(new_client->heard("done"));
}

TEST_CASE("dispatcher lanes: what waits for a slot of the old instance still gets one there") {
  ItemStage stage{{.concurrency = 1, .queue = 4}};
  const auto first = stage.request(std::make_shared<Client>(), "tools/call", kCall);
  const auto waiting = std::make_shared<Client>();
  stage.request(waiting, "tools/call", kCall);
  Replaced replaced{stage};
  stage.complete(first, text_result());
  REQUIRE(stage.backend.running.size() == 2);
  CHECK(replaced.backend.running.empty());
  stage.complete(stage.last(), text_result());
  CHECK(waiting->heard("done"));
  CHECK_FALSE(stage.dispatcher.has_calls(kFirstLane));
}

TEST_CASE("dispatcher lanes: who outlasts the drain is told so, and only those of that lane") {
  ItemStage stage{{.concurrency = 1, .queue = 4}};
  const auto running = std::make_shared<Client>();
  const auto waiting = std::make_shared<Client>();
  const auto other = std::make_shared<Client>();
  const auto one = stage.request(running, "tools/call", kCall);
  stage.request(waiting, "tools/call", kCall);
  Replaced replaced{stage};
  const auto two = stage.request(other, "tools/call", kCall);
  stage.dispatcher.end_calls(kFirstLane);
  // Only what has not begun may be sent again without a thought.
  CHECK(running->status == 500);
  CHECK(running->heard(R"("reason":"interrupted")"));
  CHECK(waiting->status == 503);
  CHECK(waiting->heard(R"("reason":"reloaded")"));
  CHECK(stage.backend.cancelled.size() == 1);
  CHECK(other->text().empty());
  // The plugin still owes the completion of what it had begun.
  CHECK(stage.dispatcher.has_calls(kFirstLane));
  stage.complete(one, text_result());
  CHECK_FALSE(stage.dispatcher.has_calls(kFirstLane));
  stage.complete(two, text_result());
  CHECK(other->heard("done"));
}

TEST_CASE("dispatcher lanes: a question that is open ends with its lane") {
  ItemStage stage;
  const auto client = std::make_shared<Client>();
  const From from{.features = ItemStage::kAllFeatures, .session = open_session()};
  const auto one = stage.request(client, "tools/call", kCall, from);
  stage.complete(one, asks(R"({"a":{"method":"roots/list","params":{}}})"));
  REQUIRE(client->asked.size() == 1);
  Replaced replaced{stage};
  CHECK(stage.dispatcher.has_calls(kFirstLane));
  stage.dispatcher.end_calls(kFirstLane);
  CHECK(client->heard(R"("reason":"reloaded")"));
  CHECK_FALSE(stage.dispatcher.has_calls(kFirstLane));
}

TEST_CASE("dispatcher lanes: the new instance hears who watches, and the registry who was told") {
  ItemStage stage;
  const auto client = std::make_shared<Client>();
  stage.request(client, "subscriptions/listen",
                R"("notifications":{"resourceSubscriptions":["r://a"],"toolsListChanged":true})");
  CHECK(stage.backend.interests == std::vector<std::string>{"+r://a"});
  Replaced replaced{stage};
  const std::vector<std::size_t> lanes{replaced.lane};
  stage.dispatcher.tell_interests(lanes);
  CHECK(replaced.backend.interests == std::vector<std::string>{"+r://a"});
  CHECK(stage.backend.interests.size() == 1);
}

TEST_CASE("dispatcher lanes: other rules end subscriptions to what may not be read any more") {
  ItemStage stage;
  const auto use = [&](const std::string& pattern) {
    auto rules = policy::AccessRules::compile({{"dev", {.resources = {pattern}}}});
    REQUIRE(rules.has_value());
    stage.access.use(std::make_shared<const policy::AccessRules>(std::move(*rules)), {});
    stage.dispatcher.rules_changed();
  };
  use("r://*");
  const auto client = std::make_shared<Client>();
  const auto session = open_session();
  stage.dispatcher.open_session(session);
  stage.request(client, "subscriptions/listen",
                R"("notifications":{"resourceSubscriptions":["r://a"]})", {.role = "dev"});
  stage.request(std::make_shared<Client>(), "resources/subscribe", R"("uri":"r://a")",
                {.role = "dev", .session = session});
  use("r://a");
  CHECK(client->text().empty());
  CHECK(stage.backend.interests == std::vector<std::string>{"+r://a"});
  use("q://*");
  CHECK(has(client->text(), "result"));
  // Nobody watches it any more, in no era.
  CHECK(stage.backend.interests == std::vector<std::string>{"+r://a", "-r://a"});
}
