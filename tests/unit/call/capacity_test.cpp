// SPDX-License-Identifier: Apache-2.0
#include "call/capacity.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using call::Capacity;

namespace {

// Calls of several callers, and who of them has a place.
struct Scene {
  std::shared_ptr<call::Call> call(const char* principal) {
    auto one = std::make_shared<call::Call>(next_id++, nullptr, std::unique_ptr<mcp::Message>{});
    one->principal.name = principal;
    return one;
  }

  std::optional<mcp::Failure> enter(const char* principal) {
    last = call(principal);
    return capacity.enter(*last, {});
  }

  // How many places the caller gets before it is refused.
  std::size_t fill(const char* principal) {
    std::size_t count = 0;
    while (count < 1000 && !enter(principal)) ++count;
    return count;
  }

  Capacity capacity;
  std::shared_ptr<call::Call> last;
  call::CallId next_id = 1;
};

}  // namespace

TEST_CASE("capacity: without a limit everything is taken on") {
  Scene scene;
  CHECK(scene.fill("ann") == 1000);
}

TEST_CASE(
    "capacity: past the limit a caller is told to come back, and a place that is left counts") {
  Scene scene;
  scene.capacity.set_limit(4);
  REQUIRE_FALSE(scene.enter("local"));
  const auto first = scene.last;
  CHECK(scene.fill("local") == 3);
  const auto failure = scene.enter("local");
  REQUIRE(failure);
  CHECK(failure->code == mcp::kOverloaded);
  CHECK(failure->http_status == 503);
  CHECK(failure->retry_after_s > 0);
  CHECK(failure->data == R"({"reason":"overloaded"})");
  scene.capacity.leave(*scene.last);  // it never had one
  CHECK(scene.capacity.taken() == 4);
  scene.capacity.leave(*first);
  scene.capacity.leave(*first);
  CHECK(scene.capacity.taken() == 3);
  CHECK_FALSE(scene.enter("local"));
  CHECK(scene.capacity.refused().calls == 2);
}

TEST_CASE("capacity: one caller alone gets half, and whoever comes next a fair share") {
  Scene scene;
  scene.capacity.set_limit(12);
  CHECK(scene.fill("ann") == 6);
  CHECK(scene.fill("bob") == 3);
  CHECK(scene.fill("eve") > 0);
  CHECK(scene.capacity.taken() < 12);
  CHECK(scene.capacity.refused().share == 3);
  CHECK(scene.capacity.refused().calls == 0);
}

TEST_CASE("capacity: the smallest limit still takes a call of anybody") {
  Scene scene;
  scene.capacity.set_limit(1);
  REQUIRE_FALSE(scene.enter("ann"));
  scene.capacity.leave(*scene.last);
  CHECK(scene.fill("bob") == 1);
}

TEST_CASE("capacity: while memory is short no large body is read, even of the only caller") {
  Scene scene;
  CHECK_FALSE(scene.capacity.refuse_body({}));
  bool is_short = false;
  scene.capacity.watch_memory([&](auto) { return is_short; });
  CHECK_FALSE(scene.capacity.refuse_body({}));
  is_short = true;
  const auto failure = scene.capacity.refuse_body({});
  REQUIRE(failure);
  CHECK(failure->http_status == 503);
  CHECK(failure->retry_after_s > 0);
  CHECK(failure->data == R"({"reason":"memory"})");
  CHECK(scene.capacity.refused().memory == 1);
  CHECK(scene.capacity.taken() == 0);
}

TEST_CASE("capacity: while memory is short one call at a time goes on") {
  Scene scene;
  bool is_short = true;
  scene.capacity.watch_memory([&](auto) { return is_short; });
  CHECK_FALSE(scene.enter("ann"));
  const auto of_ann = scene.last;
  const auto failure = scene.enter("bob");
  REQUIRE(failure);
  CHECK(failure->data == R"({"reason":"memory"})");
  CHECK(failure->retry_after_s > 0);
  CHECK(scene.capacity.refused().memory == 1);
  is_short = false;
  CHECK_FALSE(scene.enter("bob"));
  is_short = true;
  scene.capacity.leave(*of_ann);
  CHECK(scene.enter("ann"));
  scene.capacity.leave(*scene.last);
}
