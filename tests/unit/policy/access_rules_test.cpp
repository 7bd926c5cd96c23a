// SPDX-License-Identifier: Apache-2.0
#include "policy/access_rules.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using namespace toolpost::policy;

namespace {

AccessRules rules() {
  auto compiled = AccessRules::compile({
      {"user", {.tools = {}, .resources = {"*"}, .prompts = {"*"}, .projects = {}, .where = ""}},
      {"dev",
       {.tools = {"add", "sync_*", "plugin:com.example.tools", "@read-only"},
        .resources = {"project://*"},
        .prompts = {"review?"},
        .projects = {"/srv/app", "/home/dev"},
        .where = "f:3:1"}},
  });
  REQUIRE(compiled.has_value());
  return *compiled;
}

constexpr ToolFacts kAdd{.name = "add", .plugin_id = "io.toolpost.uv-package"};
constexpr ToolFacts kRemove{.name = "remove", .plugin_id = "io.toolpost.uv-package"};
constexpr ToolFacts kList{.name = "list", .plugin_id = "x.y", .read_only = true};

}  // namespace

TEST_CASE("access: admin may do everything, everybody else what a rule allows") {
  const AccessRules all = rules();
  for (const ToolFacts& tool : {kAdd, kRemove, kList}) {
    CHECK(all.may_use_tool("admin", tool));
    CHECK_FALSE(all.may_use_tool("user", tool));
    CHECK_FALSE(all.may_use_tool("", tool));
    CHECK_FALSE(all.may_use_tool("unknown", tool));
    CHECK_FALSE(all.may_use_tool("Admin", tool));
  }
  CHECK(all.may_read("user", "project://readme"));
  CHECK(all.may_prompt("user", "review"));
  CHECK_FALSE(all.may_read("", "project://readme"));
  CHECK_FALSE(all.may_read("unknown", "project://readme"));
}

TEST_CASE("access: a tool is selected by name, glob, plugin or what it does") {
  const AccessRules all = rules();
  CHECK(all.may_use_tool("dev", kAdd));
  CHECK_FALSE(all.may_use_tool("dev", kRemove));
  CHECK(all.may_use_tool("dev", kList));
  CHECK(all.may_use_tool("dev", {.name = "sync_all", .plugin_id = "x"}));
  CHECK_FALSE(all.may_use_tool("dev", {.name = "async_all", .plugin_id = "x"}));
  CHECK(all.may_use_tool("dev", {.name = "anything", .plugin_id = "com.example.tools"}));
  CHECK_FALSE(all.may_use_tool("dev", {.name = "anything", .plugin_id = "com.example.tools2"}));
  CHECK_FALSE(all.may_use_tool("dev", {.name = "adds", .plugin_id = "x"}));
}

TEST_CASE("access: resources and prompts are selected by glob") {
  const AccessRules all = rules();
  CHECK(all.may_read("dev", "project://index"));
  CHECK_FALSE(all.may_read("dev", "xproject://index"));
  CHECK(all.may_prompt("dev", "review1"));
  CHECK_FALSE(all.may_prompt("dev", "review"));
}

TEST_CASE("access: a role with projects is kept to them") {
  const AccessRules all = rules();
  CHECK(all.may_use_project("dev", "/srv/app"));
  CHECK(all.may_use_project("dev", "/srv/app/sub"));
  for (const char* outside :
       {"/srv", "/srv/apple", "/srv/app/../other", "srv/app", "", "/srv/app/.."}) {
    CHECK_FALSE_MESSAGE(all.may_use_project("dev", outside), outside);
  }
  CHECK(all.may_use_project("user", "/anywhere"));
  CHECK(all.may_use_project("admin", "/anywhere"));
  CHECK_FALSE(all.may_use_project("unknown", "/anywhere"));
  CHECK_FALSE(all.may_use_project("", "/anywhere"));
}

TEST_CASE("access: an explanation names the rule and its place, and says what may_use says") {
  const AccessRules all = rules();
  const Decision allowed = all.explain_tool("dev", kList);
  CHECK(allowed.allowed);
  CHECK(allowed.rule == "roles.dev.tools[3]");
  CHECK(allowed.where == "f:3:1");
  const Decision denied = all.explain_tool("dev", kRemove);
  CHECK_FALSE(denied.allowed);
  CHECK(denied.rule == "roles.dev.tools");
  CHECK(all.explain_tool("admin", kRemove).rule == "roles.admin");
  CHECK(all.explain_tool("", kRemove).rule == "anonymous");
  CHECK(all.explain_tool("gone", kRemove).rule == "roles.gone");
  CHECK(all.explain_resource("user", "a://b").rule == "roles.user.resources[0]");
  CHECK(all.explain_project("dev", "/etc").rule == "roles.dev.projects");
  for (const char* role : {"admin", "user", "dev", "gone", ""}) {
    for (const ToolFacts& tool : {kAdd, kRemove, kList}) {
      CHECK(all.explain_tool(role, tool).allowed == all.may_use_tool(role, tool));
    }
  }
}

TEST_CASE("access: what cannot mean anything is refused with its place") {
  const auto refused = [](const std::string& name, RoleSource source) {
    source.where = "f:1:2";
    const auto compiled = AccessRules::compile({{name, std::move(source)}});
    return compiled ? std::string{} : compiled.error().message();
  };
  CHECK(refused("admin", {}).starts_with("f:1:2: roles.admin: "));
  CHECK(refused("r", {.tools = {"@readonly"}}).find("@read-only") != std::string::npos);
  CHECK(refused("r", {.tools = {"plugin:"}}).find("plugin id") != std::string::npos);
  CHECK(refused("r", {.tools = {""}}).find("empty") != std::string::npos);
  CHECK(refused("r", {.projects = {"relative"}}).find("absolute") != std::string::npos);
}
