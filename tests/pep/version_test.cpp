// SPDX-License-Identifier: Apache-2.0
// PEP 440 versions: spellings, normal form and order; PEP 503 names.
#include "pep/version.hpp"

#include "pep/package_name.hpp"
#include "pep/version_set.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <utility>

namespace {

using toolpost::pep::is_package_name;
using toolpost::pep::normalized_name;
using toolpost::pep::Version;

int sign(int value) {
  return (value > 0) - (value < 0);
}

}  // namespace

TEST_CASE("version: every spelling has one normal form") {
  const std::array<std::pair<const char*, const char*>, 18> spellings = {{
      {"1", "1"},
      {"v1.0", "1.0"},
      {"V1.0", "1.0"},
      {"1.0alpha", "1.0a0"},
      {"1.0-beta_3", "1.0b3"},
      {"1.0c1", "1.0rc1"},
      {"1.0.preview4", "1.0rc4"},
      {"1.0pre", "1.0rc0"},
      {"1.0-r3", "1.0.post3"},
      {"1.0rev", "1.0.post0"},
      {"1.0-5", "1.0.post5"},
      {"1.0DEV", "1.0.dev0"},
      {"1.0a1.post2.dev3", "1.0a1.post2.dev3"},
      {"0!1", "1"},
      {"7!1.0", "7!1.0"},
      {"1.0+Ubuntu-1_a", "1.0+ubuntu.1.a"},
      {"1.00.01", "1.0.1"},
      {"1.0a.", "1.0a0"},
  }};
  for (const auto& row : spellings) {
    CAPTURE(row.first);
    const auto version = Version::parse(row.first);
    REQUIRE(version.has_value());
    CHECK(version->normalized() == row.second);
  }
}

TEST_CASE("version: what is none") {
  for (const char* text : {"", "v", "a", "1.", ".1", "1..0", "1.0+", "1.0+a.", "1.0+_a", "1.0 ",
                           " 1.0", "1.0x", "1!", "!1", "1.0.*", "1.0-", "1.0postx", "1.0a1b1"}) {
    CAPTURE(text);
    CHECK_FALSE(Version::parse(text).has_value());
  }
  CHECK_FALSE(Version::parse(std::string(300, '1')).has_value());
}

TEST_CASE("version: order") {
  const std::array<const char*, 20> ascending = {"1.0.dev1",
                                                 "1.0a1.dev1",
                                                 "1.0a1",
                                                 "1.0a1.post1",
                                                 "1.0a2",
                                                 "1.0b1",
                                                 "1.0rc1",
                                                 "1.0",
                                                 "1.0+abc",
                                                 "1.0+1",
                                                 "1.0+1.2",
                                                 "1.0.post1.dev1",
                                                 "1.0.post1",
                                                 "1.0.post10",
                                                 "1.1",
                                                 "1.2",
                                                 "1.10",
                                                 "2.0",
                                                 "123456789012345678901234567890",
                                                 "1!0.1"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      CAPTURE(ascending[i]);
      CAPTURE(ascending[j]);
      const int order = Version::parse(ascending[i])->compare(*Version::parse(ascending[j]));
      CHECK(sign(order) == sign(static_cast<int>(i) - static_cast<int>(j)));
    }
  }
  CHECK(Version::parse("1.0")->compare(*Version::parse("1.0.0")) == 0);
}

TEST_CASE("name: PEP 503 folds case and runs of separators") {
  CHECK(normalized_name("Friendly-Bard") == "friendly-bard");
  CHECK(normalized_name("FRIENDLY.._-bard") == "friendly-bard");
  CHECK(is_package_name("a"));
  CHECK_FALSE(is_package_name(""));
  CHECK_FALSE(is_package_name("a/b"));
  CHECK_FALSE(is_package_name("-a"));
}

TEST_CASE("version: sets of specifiers") {
  struct Row {
    const char* specifiers;
    const char* version;
    bool is_in;
  };

  for (const Row& row : {Row{"", "1.0", true},
                         {"", "1.0rc1", true},
                         {">=2.32,<3", "2.32.0", true},
                         {">=2.32,<3", "2.31.9", false},
                         {">=2.32,<3", "3.0rc1", false},
                         {"<3.0rc2", "3.0rc1", true},
                         {"==1.2.*", "1.2", true},
                         {"==1.2.*", "1.2.3rc1", true},
                         {"==1.2.*", "1.20", false},
                         {"==1.0.*", "1", true},
                         {"!=1.2.*", "1.2.9", false},
                         {"==1.0", "1.0+local", true},
                         {"==1.0+local", "1.0", false},
                         {"===1.0", "1.0.0", false},
                         {"==1.0", "1.0.0", true},
                         {"~=1.4.2", "1.4.9", true},
                         {"~=1.4.2", "1.5", false},
                         {"~=1.4", "1.9", true},
                         {">1.0", "1.0.post1", false},
                         {">1.0", "1.0+x", false},
                         {">1.0.post1", "1.0.post2", true},
                         {"<=1.0", "1.0+x", true},
                         {">=1", "1!0.1", true}}) {
    CAPTURE(row.specifiers);
    CAPTURE(row.version);
    const auto set = toolpost::pep::VersionSet::parse(row.specifiers);
    REQUIRE(set.ok());
    CHECK(set->contains(*Version::parse(row.version)) == row.is_in);
  }
  CHECK_FALSE(toolpost::pep::VersionSet::parse("2.0").ok());
}
