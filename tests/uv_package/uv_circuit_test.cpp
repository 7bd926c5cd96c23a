// SPDX-License-Identifier: Apache-2.0
// When calls are kept away from uv, and which of its ends are a reason for that.
#include "uv_circuit.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using toolpost::uv_package::CircuitLimits;
using toolpost::uv_package::is_index_failure;
using toolpost::uv_package::UvCircuit;
using Change = UvCircuit::Change;
using std::chrono::milliseconds;

constexpr CircuitLimits kLimits{3, milliseconds(1000)};
constexpr std::string_view kSlow = "uv did not end in time";

// A circuit and a clock that stands still until it is moved.
struct Stage {
  UvCircuit circuit{kLimits};
  UvCircuit::Clock::time_point now{};

  Change fail() {
    auto pass = circuit.admit(now);
    REQUIRE(pass.ok());
    pass->failed(kSlow);
    return pass->end(now);
  }

  Change succeed() {
    auto pass = circuit.admit(now);
    REQUIRE(pass.ok());
    pass->succeeded();
    return pass->end(now);
  }

  void open() {
    CHECK(fail() == Change::kNone);
    CHECK(fail() == Change::kNone);
    CHECK(fail() == Change::kOpened);
  }

  std::string refusal() {
    const auto pass = circuit.admit(now);
    return pass.ok() ? "" : pass.refusal().text;
  }
};

}  // namespace

TEST_CASE("uv circuit: opens after failures in a row only") {
  Stage stage;
  stage.fail();
  stage.fail();
  stage.succeed();
  stage.open();
}

TEST_CASE("uv circuit: a refusal says how often, why and when to try again") {
  Stage stage;
  stage.open();
  stage.now += milliseconds(400);
  CHECK(
      stage.refusal() ==
      "not tried: 3 calls in a row have failed, the last 1 s ago, because uv did not end in time; "
      "try again in 1 s");
}

TEST_CASE("uv circuit: one call at a time tries, and success lets all in again") {
  Stage stage;
  stage.open();
  stage.now += kLimits.open;
  auto probe = stage.circuit.admit(stage.now);
  REQUIRE(probe.ok());
  CHECK(stage.refusal().find("another call is trying it") != std::string::npos);
  probe->succeeded();
  CHECK(probe->end(stage.now) == Change::kClosed);
  CHECK(stage.refusal().empty());
  stage.open();  // it counts from nothing
}

TEST_CASE("uv circuit: a try that fails keeps calls away for as long again") {
  Stage stage;
  stage.open();
  stage.now += kLimits.open;
  CHECK(stage.fail() == Change::kNone);
  stage.now += kLimits.open - milliseconds(1);
  CHECK_FALSE(stage.refusal().empty());
  stage.now += milliseconds(1);
  CHECK(stage.succeed() == Change::kClosed);
}

TEST_CASE("uv circuit: a try that comes to nothing gives its place to the next") {
  Stage stage;
  stage.open();
  stage.now += kLimits.open;
  { const auto cancelled = stage.circuit.admit(stage.now); }
  CHECK(stage.succeed() == Change::kClosed);
}

TEST_CASE("uv circuit: what began before it opened does not count") {
  Stage stage;
  auto early = stage.circuit.admit(stage.now);
  auto other = stage.circuit.admit(stage.now);
  REQUIRE(early.ok());
  REQUIRE(other.ok());
  stage.open();
  early->succeeded();
  CHECK(early->end(stage.now) == Change::kNone);
  CHECK_FALSE(stage.refusal().empty());
  stage.now += kLimits.open - milliseconds(1);
  other->failed(kSlow);
  CHECK(other->end(stage.now) == Change::kNone);
  stage.now += milliseconds(1);
  CHECK(stage.refusal().empty());
}

TEST_CASE("uv circuit: one step that fails outweighs those that did not") {
  Stage stage;
  for (int call = 0; call < kLimits.failures; ++call) {
    auto pass = stage.circuit.admit(stage.now);
    REQUIRE(pass.ok());
    pass->failed(kSlow);
    pass->succeeded();
    CHECK(pass->end(stage.now) == (call + 1 < kLimits.failures ? Change::kNone : Change::kOpened));
  }
}

TEST_CASE("uv circuit: zero failures switch it off") {
  UvCircuit circuit({0, milliseconds(1000)});
  for (int call = 0; call < 100; ++call) {
    auto pass = circuit.admit({});
    REQUIRE(pass.ok());
    pass->failed(kSlow);
    CHECK(pass->end({}) == Change::kNone);
  }
}

TEST_CASE("uv circuit: an index that does not answer or fails itself") {
  CHECK(
      is_index_failure("Using CPython 3.11.7\n"
                       "error: Request failed after 3 retries in 6.4s\n"
                       "  cause: Failed to fetch: http://127.0.0.1:9/simple/six/\n"
                       "  cause: error sending request for url (http://127.0.0.1:9/simple/six/)\n"
                       "  cause: client error (Connect)\n"
                       "  cause: tcp connect error\n"
                       "  cause: Connection refused (os error 111)\n"));
  CHECK(
      is_index_failure("error: Failed to fetch: `http://index.example/simple/six/`\n"
                       "  Caused by: HTTP status server error (503 Service Unavailable) for url "
                       "(http://index.example/simple/six/)\n"));
}

TEST_CASE("uv circuit: what is the caller's is no failure of an index") {
  CHECK_FALSE(is_index_failure(""));
  CHECK_FALSE(
      is_index_failure("error: No solution found when resolving dependencies\n"
                       "  cause: Because there is no version of six==99, we can conclude "
                       "that your requirements are unsatisfiable.\n"));
  CHECK_FALSE(
      is_index_failure("error: Failed to fetch: `http://index.example/six.whl`\n"
                       "  cause: HTTP status client error (403 Forbidden) for url "
                       "(http://index.example/six.whl)\n"));
}

TEST_CASE("uv circuit: what a build backend printed opens nothing") {
  CHECK_FALSE(
      is_index_failure("error: Failed to build `app @ file:///srv/app`\n"
                       "  cause: The build backend returned an error\n"
                       "  cause: Call to `backend.build_wheel` failed (exit status: 1)\n"
                       "\n"
                       "[stderr]\n"
                       "error: Request failed\n"
                       "  cause: error sending request for url (http://index.example/)\n"));
}
