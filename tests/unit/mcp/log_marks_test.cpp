// SPDX-License-Identifier: Apache-2.0
#include "mcp/log_marks.hpp"

#include "json/parser.hpp"
#include "mcp/definition.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

namespace {

Result<json::LogMarks> marks_of(std::string_view schema) {
  const auto document = json::parse(schema);
  REQUIRE(document.has_value());
  return mcp::read_log_marks(document->root());
}

}  // namespace

TEST_CASE("log marks: what is marked is found, at any depth") {
  const auto marks = marks_of(R"({"type":"object","properties":{
    "plain":{"type":"string"},
    "shown":{"type":"string","x-toolpost-log":true},
    "hidden":{"type":"string","x-toolpost-log":false},
    "options":{"type":"object","properties":{
      "deep":{"type":"object","properties":{"flag":{"x-toolpost-log":true}}},
      "other":{"type":"string"}}}}})");
  REQUIRE(marks.has_value());
  CHECK(marks->properties.size() == 2);
  CHECK(marks->find("plain") == nullptr);
  CHECK(marks->find("hidden") == nullptr);
  REQUIRE(marks->find("shown") != nullptr);
  CHECK(marks->find("shown")->in_clear);
  const json::LogMark* options = marks->find("options");
  REQUIRE(options != nullptr);
  CHECK_FALSE(options->in_clear);
  CHECK(options->below.find("other") == nullptr);
  const json::LogMark* deep = options->below.find("deep");
  REQUIRE(deep != nullptr);
  REQUIRE(deep->below.find("flag") != nullptr);
  CHECK(deep->below.find("flag")->in_clear);
}

TEST_CASE("log marks: a mark where properties alone do not lead has no effect") {
  for (const std::string_view schema :
       {R"({"x-toolpost-log":true})", R"({"items":{"properties":{"a":{"x-toolpost-log":true}}}})",
        R"({"properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":{"x-toolpost-log":true}}})",
        R"({"properties":{"x-toolpost-log":{"type":"boolean"}}})",
        R"({"anyOf":[{"properties":{"a":{"x-toolpost-log":true}}}]})"}) {
    CAPTURE(schema);
    const auto marks = marks_of(schema);
    REQUIRE(marks.has_value());
    CHECK(marks->properties.empty());
  }
}

TEST_CASE("log marks: a mark that is neither true nor false is refused by name") {
  const auto marks = marks_of(R"({"properties":{"a":{"x-toolpost-log":"true"}}})");
  REQUIRE_FALSE(marks.has_value());
  CHECK(marks.error().message().find("x-toolpost-log of \"a\"") != std::string::npos);
}

TEST_CASE("log marks: a tool's definition has them") {
  const auto read = mcp::read_definition(
      mcp::ItemKind::kTool,
      R"({"name":"t","inputSchema":{"type":"object","properties":{"a":{"x-toolpost-log":true}}}})",
      "t", "", {});
  REQUIRE(read.has_value());
  CHECK(read->log_marks.find("a") != nullptr);
}
