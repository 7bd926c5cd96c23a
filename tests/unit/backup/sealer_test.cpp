// SPDX-License-Identifier: Apache-2.0
#include "backup/sealer.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using backup::Sealer;

TEST_CASE("sealer: opens what it sealed, and nothing that was changed") {
  const Secret passphrase{"a passphrase for the tests"};
  const auto sealer = Sealer::make(passphrase);
  REQUIRE(sealer.has_value());
  const auto sealed = sealer->seal("the content");
  REQUIRE(sealed.has_value());
  CHECK(sealed->find("the content") == std::string::npos);
  CHECK(*sealer->seal("the content") != *sealed);
  const auto again = Sealer::for_sealed(passphrase, *sealed);
  REQUIRE(again.has_value());
  CHECK(again->open(*sealed)->reveal() == "the content");
  CHECK(*again->mark("list") == *sealer->mark("list"));
  CHECK(*again->mark("list") != *again->mark("lisT"));
  for (std::size_t place = 0; place < sealed->size(); ++place) {
    std::string changed = *sealed;
    changed[place] = static_cast<char>(changed[place] ^ 1);
    CHECK_FALSE(again->open(changed).has_value());
  }
  for (std::size_t size = 0; size < sealed->size(); ++size) {
    CHECK_FALSE(again->open(std::string_view{*sealed}.substr(0, size)).has_value());
  }
}

TEST_CASE("sealer: another passphrase opens nothing") {
  const auto sealed = Sealer::make(Secret{"a passphrase for the tests"})->seal("x");
  REQUIRE(sealed.has_value());
  const auto other = Sealer::for_sealed(Secret{"another passphrase for it"}, *sealed);
  REQUIRE(other.has_value());
  const auto opened = other->open(*sealed);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code() == Errc::kDenied);
  CHECK_FALSE(Sealer::for_sealed(Secret{"a passphrase for the tests"}, "no seal").has_value());
}

TEST_CASE("sealer: a passphrase is one line that is long enough") {
  CHECK(backup::passphrase_of("0123456789abcdef\n")->reveal() == "0123456789abcdef");
  CHECK(backup::passphrase_of("0123456789abcdef\r\n")->reveal() == "0123456789abcdef");
  CHECK_FALSE(backup::passphrase_of("0123456789abcde\n").has_value());
  CHECK_FALSE(backup::passphrase_of("0123456789\nabcdefghij\n").has_value());
  CHECK_FALSE(backup::passphrase_of("").has_value());
}
