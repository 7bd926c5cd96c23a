// SPDX-License-Identifier: Apache-2.0
#include "backup/manifest.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using backup::Manifest;

namespace {

Manifest made() {
  Manifest manifest{.created_at = "2026-01-31T02:00:00Z",
                    .version = "1",
                    .sealed = true,
                    .entries = {},
                    .left_out = {{"what", "why"}}};
  manifest.entries.push_back({.name = "users/users.json",
                              .place = {.kind = "users",
                                        .path = "/var/lib/toolpost/users/users.json",
                                        .mode = 0600,
                                        .owner = "toolpost",
                                        .group = "toolpost"},
                              .size = 12,
                              .sha256 = "00"});
  manifest.entries.push_back({.name = "sealed", .place = {}, .size = 1, .sha256 = "11"});
  return manifest;
}

bool is_read(const Manifest& manifest) {
  return static_cast<bool>(backup::read_manifest(backup::write_manifest(manifest)));
}

}  // namespace

TEST_CASE("manifest: what was written is read, to the byte") {
  const std::string text = backup::write_manifest(made());
  const auto read = backup::read_manifest(text);
  REQUIRE(read.has_value());
  CHECK(backup::write_manifest(*read) == text);
  CHECK(read->entries[0].place.owner == "toolpost");
  CHECK(read->entries[1].place.path.empty());
}

TEST_CASE("manifest: no path climbs, no mode lets others in, no kind is unknown") {
  for (const char* path : {"relative", "/", "/a/../b", "/a/./b", "/a//b", "/a/", "../a"}) {
    Manifest manifest = made();
    manifest.entries[0].place.path = path;
    CAPTURE(path);
    CHECK_FALSE(is_read(manifest));
  }
  for (const std::uint32_t mode : {04755U, 02755U, 01755U, 0622U, 0602U, 0100600U}) {
    Manifest manifest = made();
    manifest.entries[0].place.mode = mode;
    CAPTURE(mode);
    CHECK_FALSE(is_read(manifest));
  }
  Manifest manifest = made();
  manifest.entries[0].place.kind = "cron";
  CHECK_FALSE(is_read(manifest));
  manifest = made();
  manifest.entries[0].name = "../users";
  CHECK_FALSE(is_read(manifest));
  manifest = made();
  manifest.entries[1] = manifest.entries[0];
  CHECK_FALSE(is_read(manifest));
  CHECK(is_read(made()));
}

TEST_CASE("manifest: what is not known or missing is refused, a newer format by its name") {
  const std::string text = backup::write_manifest(made());
  for (const char* member : {"\"created_at\":", "\"version\":", "\"size\":", "\"sha256\":",
                             "\"entries\":", "\"left_out\":", "\"why\":", "\"owner\":"}) {
    std::string other = text;
    other.insert(other.find(member) + 1, "x");
    CAPTURE(member);
    CHECK_FALSE(backup::read_manifest(other).has_value());
  }
  std::string newer = text;
  newer.replace(newer.find("\"format\":1"), 10, "\"format\":2");
  const auto read = backup::read_manifest(newer);
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().code() == Errc::kUnsupported);
}

TEST_CASE("manifest: what is sealed comes back byte by byte") {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  std::vector<backup::SealedFile> files;
  files.push_back(
      {{.kind = "key", .path = "/a/key", .mode = 0600, .owner = "o", .group = "g"}, Secret{bytes}});
  const auto read = backup::read_sealed(backup::write_sealed(files));
  REQUIRE(read.has_value());
  REQUIRE(read->size() == 1);
  CHECK((*read)[0].content.reveal() == bytes);
  CHECK((*read)[0].place.path == "/a/key");
  CHECK_FALSE(backup::read_sealed(Secret{R"({"files":[{"content":""}]})"}).has_value());
}
