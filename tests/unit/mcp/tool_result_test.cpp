// SPDX-License-Identifier: Apache-2.0
#include "mcp/tool_result.hpp"

#include "json/parser.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace toolpost;
using mcp::Version;

namespace {

std::string render(const std::string& payload, Version version, bool object_output = true) {
  const auto document = json::parse(payload);
  REQUIRE(document.has_value());
  auto text = mcp::render_tool_result(payload, document->root(), object_output, version, "{}");
  if (!text) return "refused: " + text.error().message();
  CHECK(json::parse(*text).has_value());
  return *text;
}

}  // namespace

TEST_CASE("tool result: modern results say their type and who answered") {
  CHECK(render(R"({"content":[{"type":"text","text":"x"}]})", Version::k2026_07_28) ==
        R"({"resultType":"complete","content":[{"type":"text","text":"x"}],)"
        R"("_meta":{"io.modelcontextprotocol/serverInfo":{}}})");
  CHECK(render(R"({"content":[{"type":"text","text":"x"}]})", Version::k2025_11_25) ==
        R"({"content":[{"type":"text","text":"x"}]})");
}

TEST_CASE("tool result: structured content reaches every client in some form") {
  const std::string payload = R"({"structuredContent":{"a":1}})";
  CHECK(render(payload, Version::k2025_06_18) ==
        R"({"content":[{"type":"text","text":"{\"a\":1}"}],"structuredContent":{"a":1}})");
  CHECK(render(payload, Version::k2025_03_26) ==
        R"({"content":[{"type":"text","text":"{\"a\":1}"}]})");
}

TEST_CASE("tool result: a root that is no object moves one level down for older clients") {
  const std::string payload = R"({"content":[],"structuredContent":[1]})";
  CHECK(render(payload, Version::k2026_07_28, false).find(R"("structuredContent":[1])") !=
        std::string::npos);
  CHECK(
      render(payload, Version::k2025_11_25, false).find(R"("structuredContent":{"result":[1]})") !=
      std::string::npos);
}

TEST_CASE("tool result: keys of the protocol are not the plugin's to set") {
  const std::string text = render(
      R"({"content":[],"resultType":"task","_meta":{"a/b":1,"io.modelcontextprotocol/x":2}})",
      Version::k2026_07_28);
  CHECK(text.find("task") == std::string::npos);
  CHECK(text.find(R"("a/b":1)") != std::string::npos);
  CHECK(text.find("modelcontextprotocol/x") == std::string::npos);
}

TEST_CASE("tool result: a shape that no client could read is refused with its place") {
  for (const char* payload :
       {R"([])", R"({"content":{}})", R"({"content":[1]})", R"({"content":[{"type":"text"}]})",
        R"({"content":[{"type":"image","data":"x"}]})", R"({"isError":"yes"})", R"({"_meta":[]})",
        R"({"content":[{"type":"resource","resource":{"uri":"x"}}]})"}) {
    CAPTURE(payload);
    CHECK(render(payload, Version::k2026_07_28).starts_with("refused: result"));
  }
}

TEST_CASE("tool result: older clients get the address of a resource link") {
  const std::string payload =
      R"({"content":[{"type":"resource_link","uri":"file:///x","name":"x"}]})";
  CHECK(render(payload, Version::k2025_03_26) ==
        R"({"content":[{"type":"text","text":"file:///x"}]})");
}

TEST_CASE("blobs: bytes become base64 where MCP has base64 text") {
  const std::array<std::string, 2> blobs = {"foo", "ba"};
  const std::string payload = R"({"content":[{"type":"image","data":{"$blob":0},"mimeType":"m"},)"
                              R"({"type":"resource","resource":{"uri":"u","blob":{"$blob":1}}}]})";
  const auto document = json::parse(payload);
  const auto text = mcp::substitute_blobs(payload, document->root(), blobs);
  REQUIRE(text.has_value());
  CHECK(*text == R"({"content":[{"type":"image","data":"Zm9v","mimeType":"m"},)"
                 R"({"type":"resource","resource":{"uri":"u","blob":"YmE="}}]})");
  const auto missing = mcp::substitute_blobs(payload, document->root(), std::span{blobs}.first(1));
  CHECK_FALSE(missing.has_value());
}
