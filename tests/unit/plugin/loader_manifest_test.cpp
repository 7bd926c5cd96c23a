// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/manifest.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace toolpost;
using namespace toolpost::plugin;

namespace {

constexpr std::string_view kGood = R"({
  "id": "io.example.tool", "name": "Tool", "version": "1.2.3", "vendor": "Example",
  "file": "tool.so", "abi": "1.0", "min_host": "1.0", "protocol": "2026-07-28",
  "flags": ["singleton"], "isolation": "preferred", "secrets": ["TOKEN"],
  "egress": ["index.example:443"], "limits": {"max_concurrency": 4},
  "config_schema": {"type": "object"}, "instructions": "first line\nsecond"
})";

std::string with(std::string_view from, std::string_view to) {
  std::string text(kGood);
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string problem(std::string_view text) {
  const auto manifest = parse_manifest(text, "/opt/plugins/tool.plugin.json");
  REQUIRE(!manifest);
  return manifest.error().message();
}

}  // namespace

TEST_CASE("manifest: every field is read") {
  const auto manifest = parse_manifest(kGood, "/opt/plugins/tool.plugin.json");
  REQUIRE(manifest.has_value());
  CHECK(manifest->id == "io.example.tool");
  CHECK(manifest->name == "Tool");
  CHECK(manifest->version == "1.2.3");
  CHECK(manifest->vendor == "Example");
  CHECK(manifest->file == "/opt/plugins/tool.so");
  CHECK(manifest->path == "/opt/plugins/tool.plugin.json");
  CHECK(manifest->abi == AbiVersion{1, 0});
  CHECK(manifest->min_host == AbiVersion{1, 0});
  CHECK(manifest->protocol == "2026-07-28");
  CHECK(manifest->flags == TOOLPOST_ENTRY_SINGLETON);
  CHECK(manifest->isolation == Isolation::kPreferred);
  CHECK(manifest->secrets == std::vector<std::string>{"TOKEN"});
  CHECK(manifest->egress == std::vector<std::string>{"index.example:443"});
  REQUIRE(manifest->limits.size() == 1);
  CHECK(manifest->limits[0].first == "max_concurrency");
  CHECK(manifest->limits[0].second == 4);
  CHECK(manifest->config_schema == R"({"type": "object"})");
  CHECK(manifest->instructions == "first line\nsecond");
  CHECK(manifest->unknown_keys.empty());
}

TEST_CASE("manifest: a key of a newer SDK is kept by name and ignored") {
  const auto manifest = parse_manifest(with(R"("vendor")", R"("colour": 7, "vendor")"), "/p/m");
  REQUIRE(manifest.has_value());
  CHECK(manifest->unknown_keys == std::vector<std::string>{"colour"});
}

TEST_CASE("manifest: a misspelt mandatory key is a missing field, never a default") {
  CHECK(problem(with("\"isolation\"", "\"isolaton\"")) == "missing field 'isolation'");
  CHECK(problem(with("\"secrets\"", "\"secret\"")) == "missing field 'secrets'");
  CHECK(problem(with("\"egress\"", "\"outgoing\"")) == "missing field 'egress'");
  CHECK(problem(with("\"config_schema\"", "\"schema\"")) == "missing field 'config_schema'");
  CHECK(problem("{}") == "missing field 'id'");
}

TEST_CASE("manifest: the library is a plain name beside the manifest") {
  for (const char* file : {"/lib/tool.so", "../tool.so", "sub/tool.so", "..", ".", ""}) {
    CAPTURE(file);
    const auto text = with("tool.so", file);
    CHECK(problem(text).find("not a file name beside the manifest") != std::string::npos);
  }
}

TEST_CASE("manifest: values of the wrong kind are named") {
  CHECK(problem("[]") == "not a JSON object");
  CHECK(problem(with("\"Tool\"", "7")) == "field 'name' is integer, not string");
  CHECK(problem(with("[\"TOKEN\"]", "[7]")) == "field 'secrets' holds integer, not only strings");
  CHECK(problem(with("\"abi\": \"1.0\"", "\"abi\": \"1\"")).find("'abi' is '1', not MAJOR.MINOR") !=
        std::string::npos);
  CHECK(problem(with("\"preferred\"", "\"maybe\"")).find("'isolation' is 'maybe'") !=
        std::string::npos);
  CHECK(problem(with("\"singleton\"", "\"flying\"")).find("'flying'") != std::string::npos);
  CHECK(problem(with(": 4", ": -4")).find("'max_concurrency' is not a count") != std::string::npos);
  CHECK(problem(with("{\"type\": \"object\"}", "\"object\"")) ==
        "field 'config_schema' is string, not object");
  CHECK(problem(with("\"Tool\"", R"("a\u001bb")")) == "field 'name' contains a control character");
  CHECK(problem(with("Tool", std::string(300, 'x'))).find("300 bytes") != std::string::npos);
}

TEST_CASE("manifest: ids are labels with dots between") {
  for (const char* id : {"a", "io.toolpost.echo", "a-b.c9", "9.a"}) CHECK(is_plugin_id(id));
  for (const char* id : {"", ".", ".a", "a.", "a..b", "A.b", "a_b", "a/b", "../a", "-a", "a b"}) {
    CAPTURE(id);
    CHECK_FALSE(is_plugin_id(id));
  }
  CHECK(is_plugin_id(std::string(128, 'a')));
  CHECK_FALSE(is_plugin_id(std::string(129, 'a')));
}

TEST_CASE("abi version: only MAJOR.MINOR is one") {
  CHECK(AbiVersion::from_text("1.0") == AbiVersion{1, 0});
  CHECK(AbiVersion::from_text("65535.65535") == AbiVersion{65535, 65535});
  for (const char* text :
       {"", "1", "1.", ".0", "1.0.0", "01.0", "1.00", "-1.0", "1.+0", "65536.0", " 1.0"}) {
    CAPTURE(text);
    CHECK_FALSE(AbiVersion::from_text(text).has_value());
  }
  CHECK(AbiVersion::from_packed(0x00020003) == AbiVersion{2, 3});
  CHECK(AbiVersion{1, 1} < AbiVersion{1, 2});
  CHECK(AbiVersion{1, 9} < AbiVersion{2, 0});
}
