// SPDX-License-Identifier: Apache-2.0
// Differences between two sets of packages, and reading one from an environment.
#include "changes.hpp"

#include "installed.hpp"
#include "temporary_directory.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

namespace {

using toolpost::uv_package::changes_between;
using toolpost::uv_package::PackageSet;
using toolpost::uv_package::read_installed;
using toolpost::uv_package::test::TemporaryDirectory;

}  // namespace

TEST_CASE("changes: added, removed, updated, in the order of names") {
  const PackageSet before = {{"a", {"1"}}, {"b", {"1"}}, {"c", {"1"}}};
  const PackageSet after = {{"b", {"2"}}, {"c", {"1"}}, {"d", {"1"}}};
  const auto changes = changes_between(before, after);
  REQUIRE(changes.size() == 3);
  CHECK(changes[0].package == "a");
  CHECK(changes[0].kind() == "removed");
  CHECK(changes[0].from == "1");
  CHECK_FALSE(changes[0].to.has_value());
  CHECK(changes[1].package == "b");
  CHECK(changes[1].kind() == "updated");
  CHECK(changes[1].from == "1");
  CHECK(changes[1].to == "2");
  CHECK(changes[2].package == "d");
  CHECK(changes[2].kind() == "added");
  CHECK(changes_between(after, after).empty());
}

TEST_CASE("changes: a package that is locked in several versions") {
  const auto changes = changes_between({{"a", {"1", "2"}}}, {{"a", {"2", "3", "4"}}});
  REQUIRE(changes.size() == 3);
  CHECK(changes[0].kind() == "removed");
  CHECK(changes[1].to == "3");
  CHECK(changes[2].to == "4");
}

TEST_CASE("installed: names and versions come from METADATA, else from the directory's name") {
  const TemporaryDirectory env;
  const std::string site = "lib/python3.11/site-packages/";
  env.write(site + "Zope.Interface-6.0.dist-info/METADATA",
            "Metadata-Version: 2.1\r\nName: Zope.Interface\r\nVersion: 6.0\r\n\r\nName: body\n");
  env.write(site + "no_metadata-1.5.dist-info/RECORD", "");
  env.write(site + "local-0.1.dist-info/METADATA", "Name: local\nVersion: 0.1\n");
  env.write(site + "local-0.1.dist-info/direct_url.json", "{}");
  env.write(site + "not_a_package/METADATA", "Name: x\nVersion: 1\n");
  const auto installed = read_installed(env.path());
  CHECK(installed.packages ==
        PackageSet{{"zope-interface", {"6.0"}}, {"no-metadata", {"1.5"}}, {"local", {"0.1"}}});
  CHECK(installed.direct == std::set<std::string>{"local"});
}

TEST_CASE("installed: a METADATA that is a symbolic link is not followed") {
  const TemporaryDirectory env;
  env.write("elsewhere", "Name: stolen\nVersion: 9\n");
  env.write("lib/python3.11/site-packages/real-1.0.dist-info/RECORD", "");
  std::filesystem::create_symlink(
      env.path() + "/elsewhere",
      env.path() + "/lib/python3.11/site-packages/real-1.0.dist-info/METADATA");
  CHECK(read_installed(env.path()).packages == PackageSet{{"real", {"1.0"}}});
}

TEST_CASE("installed: no environment, no packages") {
  CHECK(read_installed("/nonexistent").packages.empty());
}

TEST_CASE("installed: no link inside an environment leads the reading elsewhere") {
  const std::string packages = "/python3.11/site-packages";
  const TemporaryDirectory other;
  other.write("lib" + packages + "/foreign-1.0.dist-info/METADATA", "Name: foreign\n");
  REQUIRE(read_installed(other.path()).packages.size() == 1);
  for (const std::string& link :
       {std::string(), std::string("/python3.11"), packages, packages + "/foreign-1.0.dist-info"}) {
    const TemporaryDirectory env;
    const std::filesystem::path place = env.path() + "/lib" + link;
    std::filesystem::create_directories(place.parent_path());
    std::filesystem::create_directory_symlink(other.path() + "/lib" + link, place);
    CHECK(read_installed(env.path()).packages.empty());
  }
}
