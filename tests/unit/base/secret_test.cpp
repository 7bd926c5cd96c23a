// SPDX-License-Identifier: Apache-2.0
#include "base/secret.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

using namespace toolpost;

namespace {

// Short enough to stand in the object itself, where its bytes can be looked at afterwards.
constexpr const char* kShort = "hunter2-hunter";

// A secret in memory that outlives it.
class Place {
 public:
  Secret& make(const char* text) { return *new (memory_) Secret{std::string{text}}; }

  bool holds(std::string_view text) const {
    return std::string_view{reinterpret_cast<const char*>(memory_), sizeof memory_}.find(text) !=
           std::string_view::npos;
  }

 private:
  alignas(Secret) std::byte memory_[sizeof(Secret)] = {};
};

}  // namespace

TEST_CASE("secret: nothing of it is left when it goes") {
  Place place;
  Secret& secret = place.make(kShort);
  REQUIRE(place.holds(kShort));
  secret.~Secret();
  CHECK(!place.holds(kShort));
}

TEST_CASE("secret: nothing of it is left where it was moved from") {
  Place place;
  Secret& secret = place.make(kShort);
  const Secret moved{std::move(secret)};
  CHECK(!place.holds(kShort));
  // NOLINTNEXTLINE(bugprone-use-after-move): what is left there is what is tested
  CHECK(secret.empty());
  CHECK(moved.reveal() == kShort);
  secret.~Secret();
  Secret& again = place.make(kShort);
  Secret assigned{std::string{"what was there before"}};
  assigned = std::move(again);
  CHECK(!place.holds(kShort));
  CHECK(assigned.reveal() == kShort);
  // NOLINTNEXTLINE(bugprone-use-after-move): its place is given back
  again.~Secret();
}

TEST_CASE("secret: a copy is one, and the original stays") {
  const Secret secret{std::string{kShort}};
  Secret copy{secret};
  CHECK(copy.reveal() == kShort);
  copy = Secret{std::string{"another"}};
  CHECK(copy.reveal() == "another");
  CHECK(secret.reveal() == kShort);
}
