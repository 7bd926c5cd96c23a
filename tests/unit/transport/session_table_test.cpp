// SPDX-License-Identifier: Apache-2.0
#include "transport/session_table.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using transport::SessionTable;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kCapacity = 8;

}  // namespace

TEST_CASE("sessions: one is found by its id and its owner, and by nobody else") {
  SessionTable table{kCapacity, 1h};
  const std::string id = table.add(nullptr, "ann");
  CHECK(table.find(id, "ann"));
  CHECK_FALSE(table.find(id, "bob"));
  CHECK_FALSE(table.find(id, ""));
  CHECK_FALSE(table.find("0", "ann"));
}

TEST_CASE("sessions: whoever opens too many loses their own") {
  SessionTable table{kCapacity, 1h};
  const std::string of_bob = table.add(nullptr, "bob");
  for (std::size_t i = 0; i < 10 * kCapacity; ++i) table.add(nullptr, "ann");
  CHECK(table.size() == kCapacity);
  CHECK(table.find(of_bob, "bob"));
}

TEST_CASE("sessions: in a full table the one that was idle longest makes room") {
  SessionTable table{kCapacity, 1h};
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < kCapacity; ++i) {
    ids.push_back(table.add(nullptr, "owner" + std::to_string(i)));
  }
  CHECK(table.find(ids[0], "owner0"));  // used just now
  table.add(nullptr, "late");
  CHECK(table.size() == kCapacity);
  CHECK(table.find(ids[0], "owner0"));
  CHECK_FALSE(table.find(ids[1], "owner1"));
}
