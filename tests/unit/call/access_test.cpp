// SPDX-License-Identifier: Apache-2.0
#include "call/access.hpp"

#include "json/parser.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using namespace std::chrono_literals;

namespace {

const policy::RateLimiter::Time kStart{1h};
const identity::Principal kAnn{.name = "ann", .role = "user", .key_id = "k1"};
const identity::Principal kBob{.name = "bob", .role = "user", .key_id = "k2"};

call::Access access(const call::AccessLimits& limits) {
  return {std::make_shared<const policy::AccessRules>(), limits};
}

registry::Item tool(const std::string& name) {
  const auto any = json::parse("true");
  return {
      .name = name, .key = name, .plugin_id = "p", .input = *json::Schema::compile(any->root())};
}

}  // namespace

TEST_CASE("access: requests are counted by principal and by address") {
  call::Access one = access({.principal = {60, 2}, .address = {60, 3}, .tool = {}});
  CHECK_FALSE(one.count_request(kAnn, "10.0.0.1", kStart));
  CHECK_FALSE(one.count_request(kAnn, "10.0.0.1", kStart));
  const auto limited = one.count_request(kAnn, "10.0.0.2", kStart);
  REQUIRE(limited);
  CHECK(limited->code == mcp::kRateLimited);
  CHECK(limited->http_status == 429);
  CHECK(limited->retry_after_s == 1);
  CHECK(limited->data == R"({"limit":"rate.principal_per_minute"})");
  CHECK_FALSE(one.count_request(kBob, "10.0.0.1", kStart));
  CHECK(one.count_request(kBob, "10.0.0.1", kStart)->data.find("address") != std::string::npos);
  CHECK_FALSE(one.count_request(kBob, "", kStart));
}

TEST_CASE("access: calls are counted by principal and tool") {
  call::Access one = access({.principal = {}, .address = {}, .tool = {60, 1}});
  CHECK_FALSE(one.count_call(kAnn, tool("a"), kStart));
  CHECK_FALSE(one.count_call(kAnn, tool("b"), kStart));
  CHECK_FALSE(one.count_call(kBob, tool("a"), kStart));
  CHECK(one.count_call(kAnn, tool("a"), kStart));
  CHECK_FALSE(one.count_call(kAnn, tool("a"), kStart + 1s));
}

TEST_CASE("access: so many calls of one principal at once") {
  call::Access one = access({.principal = {}, .address = {}, .tool = {}, .calls_per_principal = 2});
  CHECK_FALSE(one.enter(kAnn));
  CHECK_FALSE(one.enter(kAnn));
  CHECK(one.enter(kAnn)->code == mcp::kRateLimited);
  CHECK_FALSE(one.enter(kBob));
  one.leave(kAnn);
  CHECK_FALSE(one.enter(kAnn));
}

TEST_CASE("access: who is alone on the machine is not limited") {
  call::Access one =
      access({.principal = {1, 1}, .address = {1, 1}, .tool = {1, 1}, .calls_per_principal = 1});
  const auto local = identity::local_principal();
  for (int i = 0; i < 10; ++i) {
    CHECK_FALSE(one.count_request(local, "127.0.0.1", kStart));
    CHECK_FALSE(one.count_call(local, tool("a"), kStart));
    CHECK_FALSE(one.enter(local));
  }
}

TEST_CASE("access: what a tool says of itself counts only where its plugin is trusted") {
  const auto rules = policy::AccessRules::compile({{"reader", {.tools = {"@read-only"}}}});
  REQUIRE(rules.has_value());
  registry::Item one = tool("a");
  one.traits.read_only = true;
  CHECK_FALSE(call::may_use(*rules, "reader", one, "a"));
  one.trusted = true;
  CHECK(call::may_use(*rules, "reader", one, "a"));
}

TEST_CASE("access: resources by URI, prompts by name, completions as what they complete") {
  const auto rules = policy::AccessRules::compile(
      {{"dev", {.resources = {"pkg://*/readme"}, .prompts = {"review"}}}});
  REQUIRE(rules.has_value());
  const auto may = [&](mcp::ItemKind kind, const std::string& name, std::string_view subject) {
    registry::Item one = tool(name);
    one.kind = kind;
    const bool allowed = call::may_use(*rules, "dev", one, subject);
    CHECK(call::explain(*rules, "dev", one, subject).allowed == allowed);
    return allowed;
  };
  CHECK(may(mcp::ItemKind::kTemplate, "pkg://{name}/{part}", "pkg://six/readme"));
  CHECK_FALSE(may(mcp::ItemKind::kTemplate, "pkg://{name}/{part}", "pkg://six/setup"));
  CHECK_FALSE(may(mcp::ItemKind::kResource, "pkg://six", "pkg://six"));
  CHECK(may(mcp::ItemKind::kPrompt, "review", "review"));
  CHECK_FALSE(may(mcp::ItemKind::kPrompt, "other", "other"));
  CHECK(may(mcp::ItemKind::kCompletion, "prompt:review#file", "review"));
  CHECK_FALSE(may(mcp::ItemKind::kCompletion, "prompt:other#file", "other"));
  CHECK_FALSE(may(mcp::ItemKind::kCompletion, "template:x://{a}#a", "x://{a}"));
  CHECK_FALSE(may(mcp::ItemKind::kTool, "review", "review"));
}
