// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/discovery.hpp"
#include "unit/plugin/loader_place.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

using namespace toolpost;
using namespace toolpost::plugin;
using testing::Place;

namespace {

std::string manifest_of(const std::string& id) {
  return R"({"id":")" + id +
         R"(","name":"T","version":"1.0.0","file":"t.so","abi":"1.0","min_host":"1.0",)"
         R"("protocol":"2026-07-28","isolation":"none","secrets":[],"egress":[],)"
         R"("config_schema":{}})";
}

}  // namespace

TEST_CASE("discovery: manifests are found directly in each directory and sorted by id") {
  const Place place;
  place.directory("one/deeper");
  place.directory("two");
  place.write("one/b.plugin.json", manifest_of("io.b"));
  place.write("one/t.so", "no manifest");
  place.write("one/deeper/x.plugin.json", manifest_of("io.x"));
  place.write("two/a.plugin.json", manifest_of("io.a"));
  const auto found = discover(
      std::vector<std::string>{place.path("one"), place.path("missing"), place.path("two")});
  CHECK(found.problems.empty());
  REQUIRE(found.manifests.size() == 2);
  CHECK(found.manifests[0].id == "io.a");
  CHECK(found.manifests[1].id == "io.b");
  CHECK(found.manifests[1].path == place.path("one/b.plugin.json"));
  REQUIRE(found.find("io.a") != nullptr);
  CHECK(found.find("io.a")->file == place.path("two/t.so"));
  CHECK(found.find("io.x") == nullptr);
}

TEST_CASE("discovery: the same id twice is a problem that names both, and neither is known") {
  const Place place;
  place.directory("one");
  place.directory("two");
  place.write("one/t.plugin.json", manifest_of("io.t"));
  place.write("two/t.plugin.json", manifest_of("io.t"));
  const auto found = discover(std::vector<std::string>{place.path("one"), place.path("two")});
  CHECK(found.manifests.empty());
  REQUIRE(found.problems.size() == 1);
  CHECK(found.problems[0].id == "io.t");
  const std::string& message = found.problems[0].error.message();
  CHECK(message.find(place.path("one/t.plugin.json")) != std::string::npos);
  CHECK(message.find(place.path("two/t.plugin.json")) != std::string::npos);
}

TEST_CASE("discovery: one directory under two names counts once") {
  const Place place;
  place.directory("one");
  place.write("one/t.plugin.json", manifest_of("io.t"));
  std::filesystem::create_symlink("one", place.path("link"));
  const auto found =
      discover(std::vector<std::string>{place.path("one"), place.path("one/"), place.path("link")});
  CHECK(found.problems.empty());
  CHECK(found.manifests.size() == 1);
}

TEST_CASE("discovery: a bad manifest is a problem with its path and hides no other") {
  const Place place;
  place.write("bad.plugin.json", "{");
  place.write("open.plugin.json", manifest_of("io.open"));
  place.write("good.plugin.json", manifest_of("io.good"));
  std::filesystem::permissions(place.path("open.plugin.json"), std::filesystem::perms(0666));
  const auto found = discover(std::vector<std::string>{place.path()});
  REQUIRE(found.manifests.size() == 1);
  CHECK(found.manifests[0].id == "io.good");
  REQUIRE(found.problems.size() == 2);
  CHECK(found.problems[0].path == place.path("bad.plugin.json"));
  CHECK(found.problems[1].path == place.path("open.plugin.json"));
  CHECK(found.problems[1].error.code() == Errc::kDenied);
}

TEST_CASE("discovery: what is no directory is a problem") {
  const Place place;
  const auto found = discover(std::vector<std::string>{place.write("file", "")});
  REQUIRE(found.problems.size() == 1);
  CHECK(found.problems[0].error.message().find(place.path("file")) != std::string::npos);
}
