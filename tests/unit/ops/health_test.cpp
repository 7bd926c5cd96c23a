// SPDX-License-Identifier: Apache-2.0
#include "ops/health.hpp"

#include "json/parser.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using ops::Health;
using plugin::PluginHealth;

namespace {

std::string health(std::vector<PluginHealth> plugins) {
  const auto answer = Health{"1.2.3"}.health(plugins);
  CHECK(answer.status == 200);
  CHECK(answer.json.size() <= Health::kMaxBytes);
  CHECK(json::parse(answer.json).has_value());
  return answer.json;
}

std::string with_facts(std::string facts) {
  return health({{.id = "a", .is_well = true, .facts = std::move(facts)}});
}

constexpr std::string_view kPlain = R"({"status":"healthy","version":"1.2.3"})";

}  // namespace

TEST_CASE("health: status, version, and what the plugins say") {
  CHECK(health({}) == kPlain);
  CHECK(with_facts(R"({"uv_available": true})") ==
        R"({"status":"healthy","version":"1.2.3","uv_available":true})");
  CHECK(health({{.id = "a", .is_well = false, .facts = R"({"uv_available":false})"}}) ==
        R"({"status":"degraded","version":"1.2.3","uv_available":false})");
  CHECK(health({{.id = "a", .is_well = true, .facts = R"({"n":1,"t":"x"})"},
                {.id = "b", .is_well = true, .facts = R"({"n":2,"m":-3})"}}) ==
        R"({"status":"healthy","version":"1.2.3","n":1,"t":"x","m":-3})");
}

TEST_CASE("health: names the plugins whose circuit is open, and is degraded") {
  const Health health{"1.2.3"};
  const std::vector<PluginHealth> plugins = {
      {.id = "a", .is_well = true, .facts = R"({"circuits_open":"no","n":1})"}};
  const std::vector<std::string> open = {"org.example.a", "org.example.b"};
  CHECK(health.health(plugins, open).json ==
        R"({"status":"degraded","version":"1.2.3",)"
        R"("circuits_open":["org.example.a","org.example.b"],"n":1})");
  CHECK(health.health(plugins).json == R"({"status":"healthy","version":"1.2.3","n":1})");
  const std::vector<std::string> many(40, "org.example." + std::string(60, 'x'));
  const std::string json = health.health(plugins, many).json;
  CHECK(json.size() <= Health::kMaxBytes);
  CHECK(json.size() > Health::kMaxBytes - 100);
  CHECK(json::parse(json).has_value());
}

TEST_CASE("health: names the plugins that have not started, and is degraded") {
  const Health health{"1.2.3"};
  const std::vector<PluginHealth> plugins = {
      {.id = "a", .is_well = true, .facts = R"({"plugins_not_started":0,"n":1})"}};
  const std::vector<std::string> missing = {"org.example.a"};
  CHECK(health.health(plugins, {}, missing).json ==
        R"({"status":"degraded","version":"1.2.3","plugins_not_started":["org.example.a"],"n":1})");
  const std::vector<std::string> many(40, "org.example." + std::string(60, 'x'));
  const std::string json = health.health(plugins, many, many).json;
  CHECK(json.size() <= Health::kMaxBytes);
  CHECK(json::parse(json).has_value());
}

TEST_CASE("health: a plugin can say nothing but small facts") {
  for (const char* facts :
       {"", "[]", "{", R"({"status":"x","version":"y"})", R"({"a":null,"b":[1],"c":{},"d":1.5})",
        R"({"A":1,"a-b":1,"":1,"a\"b":1})", R"({"abcdefghijklmnopqrstuvwxyz0123456":1})"}) {
    CAPTURE(facts);
    CHECK(with_facts(facts) == kPlain);
  }
  CHECK(with_facts(R"({"a":")" + std::string(65, 'x') + "\"}") == kPlain);
  std::string many = "{";
  for (int i = 0; i < 60; ++i) many += "\"fact_" + std::to_string(i) + "\":\"0123456789\",";
  many.back() = '}';
  CHECK(with_facts(many).size() > Health::kMaxBytes - 40);
}

TEST_CASE("readyz: every check is named, and one that fails says why") {
  Health health{"1"};
  bool users = false;
  health.add_check("plugins", [] { return ops::ReadyCheck{}; });
  health.add_check("users", [&] {
    return users ? ops::ReadyCheck{} : ops::ReadyCheck{false, "run toolpost create-admin"};
  });
  CHECK(health.readyz().status == 503);
  CHECK(health.readyz().json ==
        R"({"status":"not ready","checks":[{"name":"running","ok":true},)"
        R"({"name":"plugins","ok":true},)"
        R"({"name":"users","ok":false,"reason":"run toolpost create-admin"}]})");
  users = true;
  CHECK(health.readyz().status == 200);
  health.begin_draining();
  CHECK(health.readyz().status == 503);
  CHECK(health.readyz().json.find("the server is stopping") != std::string::npos);
  CHECK(Health::livez().status == 200);
}
