// SPDX-License-Identifier: Apache-2.0
// What is read at a URI: resources first, then the template that says the most about it; and who is
// told when lists change.
#include "registry/registry.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using mcp::ItemKind;

namespace {

std::shared_ptr<const registry::Item> item(ItemKind kind, const std::string& name,
                                           std::string plugin = "p") {
  registry::Item one{.kind = kind, .name = name, .key = name, .plugin_id = std::move(plugin)};
  if (kind == ItemKind::kTemplate) {
    one.definition.uri_template =
        std::make_shared<const mcp::UriTemplate>(*mcp::UriTemplate::compile(name));
  }
  return std::make_shared<const registry::Item>(std::move(one));
}

std::string found(const registry::Registry& registry, const std::string& uri) {
  const auto readable = registry.snapshot()->find_readable(uri);
  if (!readable.item) return "nothing";
  std::string text = readable.item->name;
  for (const auto& [name, value] : readable.variables) {
    text.append(" ").append(name).append("=").append(value);
  }
  return text;
}

}  // namespace

TEST_CASE("readable: a resource comes before every template that fits") {
  registry::Registry registry;
  REQUIRE(
      registry
          .publish({item(ItemKind::kTemplate, "t://{+all}"), item(ItemKind::kResource, "t://a/b"),
                    item(ItemKind::kTemplate, "t://a/{b}")})
          .has_value());
  CHECK(found(registry, "t://a/b") == "t://a/b");
  CHECK(found(registry, "t://a/c") == "t://a/{b} b=c");
  CHECK(found(registry, "t://c/d") == "t://{+all} all=c/d");
  CHECK(found(registry, "u://a/b") == "nothing");
  CHECK(found(registry, "") == "nothing");
  // The template itself is no URI of its own.
  CHECK(found(registry, "t://a/{b}") == "t://{+all} all=a/{b}");
  CHECK(registry.withdraw("p", ItemKind::kResource, "t://a/b"));
  CHECK(found(registry, "t://a/b") == "t://a/{b} b=b");
  CHECK(registry.withdraw("p", ItemKind::kTemplate, "t://a/{b}"));
  CHECK(found(registry, "t://a/b") == "t://{+all} all=a/b");
}

TEST_CASE("readable: of two templates that fit, the one with more literal text is meant") {
  registry::Registry registry;
  REQUIRE(registry
              .publish({item(ItemKind::kTemplate, "t://{a}/x"),
                        item(ItemKind::kTemplate, "t://{a}/{b}"),
                        item(ItemKind::kTemplate, "t://y/{b}"),
                        item(ItemKind::kTemplate, "t://{long_name_of_a_variable}")})
              .has_value());
  CHECK(found(registry, "t://1/x") == "t://{a}/x a=1");
  CHECK(found(registry, "t://1/2") == "t://{a}/{b} a=1 b=2");
  CHECK(found(registry, "t://1") == "t://{long_name_of_a_variable} long_name_of_a_variable=1");
  // As much literal text in both: the first by name, whatever was published first.
  CHECK(found(registry, "t://y/x") == "t://y/{b} b=x");
}

TEST_CASE(
    "registry: kinds do not get in each other's way, and URIs collide without a prefix's help") {
  registry::Registry registry;
  REQUIRE(registry.publish({item(ItemKind::kTool, "x"), item(ItemKind::kPrompt, "x")}).has_value());
  REQUIRE(registry.publish({item(ItemKind::kResource, "a:b", "one")}).has_value());
  const auto resource = registry.publish({item(ItemKind::kResource, "a:b", "two")});
  REQUIRE_FALSE(resource.has_value());
  CHECK(resource.error().message() ==
        "resource \"a:b\" is offered by plugin one and by plugin two; only one of them can be "
        "enabled");
  const auto prompt = registry.publish({item(ItemKind::kPrompt, "x", "two")});
  REQUIRE_FALSE(prompt.has_value());
  CHECK(prompt.error().message() ==
        "prompt \"x\" is offered by plugin p and by plugin two; give one of them a prefix");
  const auto twice =
      registry.publish({item(ItemKind::kTemplate, "a:{b}"), item(ItemKind::kTemplate, "a:{b}")});
  REQUIRE_FALSE(twice.has_value());
  CHECK(twice.error().code() == Errc::kInvalid);
  CHECK(twice.error().message() == "resource template \"a:{b}\" is offered twice by plugin p");
}

TEST_CASE("registry: who listens hears of the kinds that changed, after they have") {
  registry::Registry registry;
  std::vector<ItemKind> heard;
  registry.on_change([&](ItemKind kind) {
    heard.push_back(kind);
    if (heard.size() == 1) CHECK(registry.snapshot()->items(ItemKind::kTool).size() == 1);
  });
  using Kinds = std::vector<ItemKind>;
  REQUIRE(registry.publish({item(ItemKind::kPrompt, "x"), item(ItemKind::kTool, "x")}).has_value());
  CHECK(heard == Kinds{ItemKind::kTool, ItemKind::kPrompt});
  heard.assign(1, ItemKind::kCompletion);
  CHECK_FALSE(registry.publish({item(ItemKind::kTool, "x", "other")}).has_value());
  CHECK_FALSE(registry.withdraw("p", ItemKind::kTool, "y"));
  CHECK_FALSE(registry.withdraw("other", ItemKind::kTool, "x"));
  registry.withdraw_all("other");
  CHECK(heard == Kinds{ItemKind::kCompletion});
  CHECK(registry.withdraw("p", ItemKind::kTool, "x"));
  CHECK(heard == Kinds{ItemKind::kCompletion, ItemKind::kTool});
  registry.withdraw_all("p");
  CHECK(heard == Kinds{ItemKind::kCompletion, ItemKind::kTool, ItemKind::kPrompt});
}
