// SPDX-License-Identifier: Apache-2.0
#include "json/parser.hpp"
#include "mcp/definition.hpp"
#include "mcp/server_info.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

namespace {

constexpr std::string_view kTool = R"({"name":"t","title":"T","description":"d",
  "icons":[{"src":"x"}],"annotations":{"title":"A","readOnlyHint":false},
  "inputSchema":{"type":"object"},"outputSchema":{"type":"array"}})";

std::string refusal(std::string_view definition) {
  const auto read = mcp::read_definition(mcp::ItemKind::kTool, definition, "t", "", {});
  return read ? std::string{} : read.error().message();
}

}  // namespace

TEST_CASE("tool definition: each revision gets what it knows") {
  const auto read =
      mcp::read_definition(mcp::ItemKind::kTool, kTool, "t", "p_", {.read_only = true});
  REQUIRE(read.has_value());
  const auto text = [&](mcp::Version version) { return read->text(version); };
  for (const mcp::Version version : mcp::supported_versions()) {
    CAPTURE(mcp::to_string(version));
    CHECK(json::parse(text(version)).has_value());
    CHECK(text(version).find('\n') == std::string::npos);
    CHECK(text(version).find(R"("name":"p_t")") != std::string::npos);
    CHECK(text(version).find(R"("readOnlyHint":true)") != std::string::npos);
    CHECK((text(version).find("icons") != std::string::npos) == mcp::has_icons(version));
    CHECK((text(version).find("outputSchema") != std::string::npos) ==
          mcp::has_structured_content(version));
  }
  CHECK(text(mcp::Version::k2026_07_28).find(R"("outputSchema":{"type":"array"})") !=
        std::string::npos);
  CHECK(text(mcp::Version::k2025_11_25).find(R"("properties":{"result":{"type":"array"}})") !=
        std::string::npos);
  CHECK_FALSE(read->object_output);
}

TEST_CASE("tool definition: what is wrong is said") {
  CHECK(refusal("{").find("invalid JSON") != std::string::npos);
  CHECK(refusal("[]").find("JSON object") != std::string::npos);
  CHECK(refusal(R"({"name":"u"})").find("key") != std::string::npos);
  CHECK(refusal(R"({"name":"t"})").find("inputSchema") != std::string::npos);
  CHECK(refusal(R"({"name":"t","inputSchema":{"type":"array"}})").find("inputSchema") !=
        std::string::npos);
  CHECK(refusal(R"({"name":"t","title":1,"inputSchema":{"type":"object"}})").find("title") !=
        std::string::npos);
}

TEST_CASE("tool names: 1 to 128 of the allowed characters") {
  CHECK(mcp::is_item_name("a.B-9_"));
  CHECK(mcp::is_item_name(std::string(128, 'a')));
  for (const std::string& name : {std::string{}, std::string(129, 'a'), std::string{"a b"},
                                  std::string{"a/b"}, std::string{"\xC3\xA4"}}) {
    CHECK_FALSE(mcp::is_item_name(name));
  }
}

TEST_CASE("list cursor: says after which name a list goes on, and nothing else passes for one") {
  CHECK(mcp::read_cursor(mcp::make_cursor("some-tool")) == "some-tool");
  for (const std::string_view cursor : {"", "x", "c29tZQ==", "AAAA"}) {
    CHECK_FALSE(mcp::read_cursor(cursor).has_value());
  }
}

TEST_CASE("negotiation: a known legacy revision is taken, anything else gets the latest legacy") {
  CHECK(mcp::negotiate("2025-03-26") == mcp::Version::k2025_03_26);
  CHECK(mcp::negotiate("2026-07-28") == mcp::Version::k2025_11_25);
  CHECK(mcp::negotiate("nonsense") == mcp::Version::k2025_11_25);
}
