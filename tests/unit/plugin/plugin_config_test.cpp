// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_config.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

namespace {

constexpr std::string_view kSchema = R"({"type":"object","additionalProperties":false,
  "properties":{"project_root":{"type":"string"},"count":{"type":"integer","default":3},
                "name":{"type":"string"},
                "mirrors":{"type":"array","items":{"$ref":"#/$defs/mirror"}}},
  "$defs":{"mirror":{"type":"object","additionalProperties":false,"required":["url"],
                     "properties":{"url":{"type":"string"},"weight":{"minimum":1}}}}})";

Result<std::string> complete(std::string json, std::string_view schema = kSchema,
                             const plugin::HostValues& values = {}) {
  return plugin::complete_config({std::move(json), "plugins.a.b.config", nullptr}, schema, values);
}

// The message, or nothing when all is well.
std::string mistakes(std::string json, std::string_view schema = kSchema) {
  const auto completed = complete(std::move(json), schema);
  return completed ? "" : completed.error().message();
}

}  // namespace

TEST_CASE("plugin config: what is not given comes from the host or the schema") {
  const plugin::HostValues values = {{"project_root", "\"/p\""}, {"unasked", "1"}};
  CHECK(*complete("{}", kSchema, values) == R"({"project_root":"/p","count":3})");
  CHECK(*complete(R"({"count":5,"project_root":"/q"})", kSchema, values) ==
        R"({"count":5,"project_root":"/q"})");
  CHECK(*complete(R"({"any":1})", "") == R"({"any":1})");
}

TEST_CASE("plugin config: an unknown member is named with the nearest name") {
  CHECK(mistakes(R"({"nam":"x"})") ==
        "plugins.a.b.config.nam: unknown key; did you mean \"name\"?");
  CHECK(mistakes(R"({"qqqqqq":"x"})") == "plugins.a.b.config.qqqqqq: unknown key");
  CHECK(mistakes(R"({"mirrors":[{"url":"u"},{"url":"u","wieght":2}]})") ==
        "plugins.a.b.config.mirrors.1.wieght: unknown key; did you mean \"weight\"?");
}

TEST_CASE("plugin config: all mistakes are reported at once, at every depth") {
  CHECK(mistakes(R"({"nam":"x","count":"three","mirrors":[{"weight":0},{"url":5,"ulr":""},7]})") ==
        "plugins.a.b.config.nam: unknown key; did you mean \"name\"?\n"
        "plugins.a.b.config.count: must be integer, is string\n"
        "plugins.a.b.config.mirrors.0: must have the property \"url\"\n"
        "plugins.a.b.config.mirrors.0.weight: must be at least 1\n"
        "plugins.a.b.config.mirrors.1.url: must be string, is integer\n"
        "plugins.a.b.config.mirrors.1.ulr: unknown key; did you mean \"url\"?\n"
        "plugins.a.b.config.mirrors.2: must be object, is integer");
}

TEST_CASE("plugin config: each mistake is asked for its place") {
  const plugin::ConfigPlace place = [](std::string_view pointer, std::string_view member) {
    return "F(" + std::string{pointer} + "," + std::string{member} + ")";
  };
  const auto refused =
      plugin::complete_config({R"({"nam":1,"mirrors":[{"url":5}]})", "config", place}, kSchema, {});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message() ==
        "F(,nam): config.nam: unknown key; did you mean \"name\"?\n"
        "F(/mirrors/0/url,): config.mirrors.0.url: must be string, is integer");
}

TEST_CASE("plugin config: a value is never repeated, and a name stays on its line") {
  const std::string text = mistakes(R"({"count":"hunter2","a\nb":"hunter2"})");
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text ==
        "plugins.a.b.config.count: must be integer, is string\n"
        "plugins.a.b.config.a?b: unknown key");
}

TEST_CASE("plugin config: what two branches of a schema say alike is said once") {
  CHECK(mistakes(R"({"a":1})",
                 R"({"allOf":[{"properties":{"a":{"type":"string"}}},
                              {"properties":{"a":{"type":"string"}}}]})") ==
        "plugins.a.b.config.a: must be string, is integer");
}

TEST_CASE("plugin config: what is no object or has no valid schema is refused") {
  CHECK(mistakes("[]") == "plugins.a.b.config: must be an object");
  CHECK(mistakes("{}", "{").starts_with("config_schema: "));
}

TEST_CASE(
    "plugin config: a schema that is none, and a default that its property forbids, are found") {
  const auto mistake = [](std::string_view schema) {
    const auto good = plugin::check_config_schema(schema);
    return good ? std::string{} : good.error().message();
  };
  CHECK(mistake(kSchema).empty());
  CHECK(mistake("{}").empty());
  CHECK(mistake("true").empty());
  CHECK(mistake(R"({"type":"objekt"})").starts_with("config_schema: #/type: "));
  CHECK(mistake("{").starts_with("config_schema: "));
  CHECK(mistake(R"({"properties":{"count":{"type":"integer","default":"three"}}})") ==
        "config_schema: /properties/count/default: must be integer, is string");
  CHECK(mistake(R"({"$defs":{"u":{"type":"object","properties":{"w":{"minimum":1}}}},
                    "properties":{"a":{},"m":{"type":"array","items":{"$ref":"#/$defs/u"},
                                              "default":[{"w":1},{"w":0}]}}})") ==
        "config_schema: /properties/m/default/1/w: must be at least 1");
  // Defaults alone are not a whole configuration, and need not be one.
  CHECK(mistake(R"({"required":["url"],"minProperties":2,"properties":{"url":{"type":"string"},
                    "mode":{"default":"a"}},
                    "oneOf":[{"required":["url"]},{"properties":{"mode":{"const":"b"}}}]})")
            .empty());
}
