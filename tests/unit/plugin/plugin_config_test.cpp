// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_config.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

namespace {

constexpr std::string_view kSchema = R"({"type":"object","additionalProperties":false,
  "properties":{"project_root":{"type":"string"},"count":{"type":"integer","default":3},
                "name":{"type":"string"}}})";

}  // namespace

TEST_CASE("plugin config: what is not given comes from the host or the schema") {
  const plugin::HostValues values = {{"project_root", "\"/p\""}, {"unasked", "1"}};
  CHECK(*plugin::complete_config("{}", kSchema, values) == R"({"project_root":"/p","count":3})");
  CHECK(*plugin::complete_config(R"({"count":5,"project_root":"/q"})", kSchema, values) ==
        R"({"count":5,"project_root":"/q"})");
}

TEST_CASE("plugin config: what the schema forbids is refused with its place") {
  const auto wrong_type = plugin::complete_config(R"({"name":5})", kSchema, {});
  REQUIRE_FALSE(wrong_type.has_value());
  CHECK(wrong_type.error().message().find("/name") != std::string::npos);
  const auto unknown = plugin::complete_config(R"({"nam":"x"})", kSchema, {});
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().message().find("nam") != std::string::npos);
  CHECK_FALSE(plugin::complete_config("[]", kSchema, {}).has_value());
  CHECK_FALSE(plugin::complete_config("{}", "{", {}).has_value());
  CHECK(*plugin::complete_config(R"({"any":1})", "", {}) == R"({"any":1})");
}
