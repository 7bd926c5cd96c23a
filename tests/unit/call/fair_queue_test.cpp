// SPDX-License-Identifier: Apache-2.0
#include "call/fair_queue.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using call::FairQueue;

namespace {

std::shared_ptr<call::Call> call_of(const char* principal) {
  auto one = std::make_shared<call::Call>(1, nullptr, std::unique_ptr<mcp::Message>{});
  one->principal.name = principal;
  return one;
}

std::string drain(FairQueue& queue) {
  std::string names;
  while (!queue.empty()) names += queue.pop()->principal.name;
  return names;
}

}  // namespace

TEST_CASE("fair queue: callers have turns, and each its own calls in their order") {
  FairQueue queue;
  const auto first = call_of("a");
  const auto second = call_of("a");
  for (const auto& one : {first, second, call_of("a"), call_of("b"), call_of("c"), call_of("b")}) {
    queue.push(one);
  }
  CHECK(queue.size() == 6);
  CHECK(queue.size_of("a") == 3);
  CHECK(queue.size_of("z") == 0);
  CHECK(queue.pop() == first);
  queue.push(call_of("d"));
  CHECK(drain(queue) == "bcadba");
  CHECK(queue.size() == 0);
}

TEST_CASE("fair queue: what is taken out has no turn any more") {
  FairQueue queue;
  const auto gone = call_of("a");
  const auto last = call_of("b");
  queue.push(gone);
  queue.push(call_of("b"));
  queue.push(last);
  CHECK(queue.erase(gone));
  CHECK_FALSE(queue.erase(gone));
  CHECK_FALSE(queue.erase(call_of("b")));
  CHECK(queue.size_of("a") == 0);
  CHECK(queue.erase(last));
  CHECK(drain(queue) == "b");
  queue.push(gone);
  CHECK(drain(queue) == "a");
}
