// SPDX-License-Identifier: Apache-2.0
#include "reload_queue.hpp"

#include <doctest/doctest.h>

using namespace toolpost;

TEST_CASE("reload queue: one at a time, and who asks meanwhile shares the next") {
  int begun = 0;
  ReloadQueue queue{[&] { ++begun; }};
  std::string told;
  const auto ask = [&](const std::string& name) {
    queue.ask([&told, name](const ReloadOutcome& outcome) {
      told += name + (outcome.is_done ? "+" : "-");
    });
  };
  ask("a");
  ask("b");
  ask("c");
  CHECK(begun == 1);
  queue.tell({.is_done = true, .lines = {}});
  CHECK(told == "a+");
  queue.finish();
  CHECK(begun == 2);
  ask("d");
  queue.tell({.is_done = false, .lines = {}});
  CHECK(told == "a+b-c-");
  queue.finish();
  queue.tell({.is_done = true, .lines = {}});
  queue.finish();
  CHECK(told == "a+b-c-d+");
  CHECK(queue.counts().done == 2);
  CHECK(queue.counts().refused == 1);
  CHECK(begun == 3);
  CHECK_FALSE(queue.is_running());
}

TEST_CASE("reload queue: nobody need wait, and one that is told may ask again") {
  int begun = 0;
  ReloadQueue queue{[&] { ++begun; }};
  queue.ask({});
  queue.ask([&](const ReloadOutcome&) { queue.ask({}); });
  queue.tell({});
  queue.finish();
  queue.tell({});
  CHECK(begun == 2);
  queue.finish();
  CHECK(begun == 3);
}
