// SPDX-License-Identifier: Apache-2.0
#include "registry/registry.hpp"

#include "json/parser.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

namespace {

std::shared_ptr<const registry::Item> tool(const std::string& name, std::string plugin) {
  const auto schema = json::parse("{}");
  return std::make_shared<const registry::Item>(
      registry::Item{.name = name,
                     .key = name,
                     .plugin_id = std::move(plugin),
                     .definition = {},
                     .input = *json::Schema::compile(schema->root()),
                     .output = std::nullopt,
                     .handle = nullptr});
}

}  // namespace

TEST_CASE("registry: tools are sorted, found by name, and gone after a withdrawal") {
  registry::Registry registry;
  REQUIRE(registry.publish({tool("b", "p"), tool("a", "p")}).has_value());
  const auto before = registry.snapshot();
  CHECK(before->items(mcp::ItemKind::kTool)[0]->name == "a");
  CHECK(before->find(mcp::ItemKind::kTool, "b") != nullptr);
  CHECK(before->find(mcp::ItemKind::kTool, "c") == nullptr);
  CHECK(registry.withdraw("p", mcp::ItemKind::kTool, "b"));
  CHECK_FALSE(registry.withdraw("p", mcp::ItemKind::kTool, "b"));
  CHECK(registry.snapshot()->find(mcp::ItemKind::kTool, "b") == nullptr);
  // Who holds an older snapshot still sees its state.
  CHECK(before->find(mcp::ItemKind::kTool, "b") != nullptr);
}

TEST_CASE("registry: a name that is taken names both plugins and changes nothing") {
  registry::Registry registry;
  REQUIRE(registry.publish({tool("a", "one")}).has_value());
  const auto collided = registry.publish({tool("z", "two"), tool("a", "two")});
  REQUIRE_FALSE(collided.has_value());
  CHECK(collided.error().code() == Errc::kExists);
  CHECK(collided.error().message().find("one") != std::string::npos);
  CHECK(collided.error().message().find("two") != std::string::npos);
  CHECK(registry.snapshot()->items(mcp::ItemKind::kTool).size() == 1);
}

TEST_CASE("registry: an exchange takes and puts at once, or not at all") {
  registry::Registry registry;
  REQUIRE(registry.publish({tool("a", "one"), tool("b", "one")}).has_value());
  REQUIRE(registry.publish({tool("c", "two")}).has_value());
  int told = 0;
  registry.on_change([&](mcp::ItemKind) { ++told; });
  const std::vector<std::string> one{"one"};
  const auto collided = registry.exchange(one, {tool("c", "one")});
  REQUIRE_FALSE(collided.has_value());
  CHECK(collided.error().code() == Errc::kExists);
  CHECK(registry.snapshot()->find(mcp::ItemKind::kTool, "a") != nullptr);
  CHECK(told == 0);
  // A name that one plugin gives up another one may take.
  REQUIRE(registry.exchange(one, {tool("d", "one"), tool("a", "three")}).has_value());
  const auto& tools = registry.snapshot()->items(mcp::ItemKind::kTool);
  REQUIRE(tools.size() == 3);
  CHECK(tools[0]->plugin_id == "three");
  CHECK(tools[1]->name == "c");
  CHECK(tools[2]->name == "d");
  CHECK(told == 1);
}

TEST_CASE("registry: an exchange that clients cannot tell from what was is told to nobody") {
  registry::Registry registry;
  REQUIRE(registry.publish({tool("a", "one"), tool("b", "one")}).has_value());
  int told = 0;
  registry.on_change([&](mcp::ItemKind) { ++told; });
  const std::vector<std::string> one{"one"};
  const auto before = registry.snapshot()->find(mcp::ItemKind::kTool, "a");
  REQUIRE(registry.exchange(one, {tool("b", "one"), tool("a", "one")}).has_value());
  CHECK(registry.snapshot()->find(mcp::ItemKind::kTool, "a") != before);
  CHECK(told == 0);
  REQUIRE(registry.exchange(one, {tool("b", "one")}).has_value());
  CHECK(told == 1);
}
