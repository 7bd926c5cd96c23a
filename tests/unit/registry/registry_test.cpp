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
