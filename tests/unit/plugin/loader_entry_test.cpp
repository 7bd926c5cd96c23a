// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/entry.hpp"
#include "plugin/loader/same_json.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace toolpost;
using namespace toolpost::plugin;

namespace {

toolpost_str text(std::string_view from) {
  return {from.data(), from.size()};
}

int create(const toolpost_host*, toolpost_ctx*, const toolpost_create_args*,
           const toolpost_plugin**) noexcept {
  return TOOLPOST_E_INTERNAL;
}

toolpost_entry good_entry() {
  toolpost_entry entry{};
  entry.struct_size = sizeof entry;
  entry.abi_version = TOOLPOST_ABI_VERSION;
  entry.min_host_version = TOOLPOST_ABI_VERSION;
  entry.id = text("io.example.tool");
  entry.name = text("Tool");
  entry.version = text("1.0.0");
  entry.protocol = text("2026-07-28");
  entry.create = create;
  return entry;
}

Manifest manifest_of(const EntryFacts& facts) {
  Manifest manifest;
  manifest.id = facts.id;
  manifest.version = facts.version;
  manifest.protocol = facts.protocol;
  manifest.abi = facts.abi;
  manifest.min_host = facts.min_host;
  manifest.flags = facts.flags;
  manifest.config_schema = facts.config_schema;
  return manifest;
}

}  // namespace

TEST_CASE("entry: texts are copied, and no schema is the schema that takes everything") {
  const toolpost_entry entry = good_entry();
  const auto facts = read_entry(&entry);
  REQUIRE(facts.has_value());
  CHECK(facts->id == "io.example.tool");
  CHECK(facts->vendor.empty());
  CHECK(facts->config_schema == "{}");
  CHECK(facts->min_host == kHostAbi);
}

TEST_CASE("entry: lines hold no control characters, long texts may") {
  toolpost_entry entry = good_entry();
  entry.instructions = text("one\ntwo");
  CHECK(read_entry(&entry).has_value());
  entry.name = text("one\ntwo");
  CHECK(read_entry(&entry).error().message() ==
        "its entry: field 'name' contains a control character");
  entry.name = text(std::string_view("a\0b", 3));
  CHECK(read_entry(&entry).error().message() == "its entry: field 'name' contains NUL");
}

TEST_CASE("entry: an id that is none is refused") {
  toolpost_entry entry = good_entry();
  for (const char* id : {"", "../etc", "Upper.Case", "a..b"}) {
    CAPTURE(id);
    entry.id = text(id);
    CHECK_FALSE(read_entry(&entry).has_value());
  }
}

TEST_CASE("entry: every difference between library and manifest is named") {
  const toolpost_entry entry = good_entry();
  const auto facts = read_entry(&entry);
  REQUIRE(facts.has_value());
  const Manifest good = manifest_of(*facts);
  CHECK(check_matches(*facts, good).has_value());

  const auto difference = [&](const Manifest& manifest) {
    const auto same = check_matches(*facts, manifest);
    REQUIRE_FALSE(same.has_value());
    return same.error().message();
  };
  Manifest changed = good;
  changed.id = "io.example.other";
  CHECK(difference(changed) ==
        "the library says id 'io.example.tool', its manifest 'io.example.other'");
  changed = good;
  changed.version = "2.0.0";
  CHECK(difference(changed).find("version") != std::string::npos);
  changed = good;
  changed.protocol = "2025-11-25";
  CHECK(difference(changed).find("protocol") != std::string::npos);
  changed = good;
  changed.min_host = {1, 1};
  CHECK(difference(changed).find("min_host '1.0', its manifest '1.1'") != std::string::npos);
  changed = good;
  changed.flags = TOOLPOST_ENTRY_SINGLETON;
  CHECK(difference(changed).find("'flags'") != std::string::npos);
  changed = good;
  changed.config_schema = "{\"type\":\"object\"}";
  CHECK(difference(changed).find("'config_schema'") != std::string::npos);
}

TEST_CASE("same json: order, spacing and escapes do not count") {
  CHECK(
      same_json(R"({"a":1,"b":[true,null,"x"]})", R"({ "b" : [true, null, "\u0078"], "a" : 1.0 })")
          .value());
  CHECK_FALSE(same_json(R"([1,2])", R"([2,1])").value());
  CHECK_FALSE(same_json(R"({"a":1})", R"({"a":1,"b":2})").value());
  CHECK_FALSE(same_json("1", "\"1\"").value());
  CHECK_FALSE(same_json("{", "{}").has_value());
}
