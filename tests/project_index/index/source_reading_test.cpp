// SPDX-License-Identifier: Apache-2.0
#include "index/source_reading.hpp"

#include "scratch_tree.hpp"

#include <doctest/doctest.h>

using namespace toolpost::project_index;

TEST_CASE("source reading: a change right after the reading has another stamp") {
  constexpr int kRounds = 50;
  const ScratchTree tree;
  const auto root = tree.root();
  for (int round = 0; round < kRounds; ++round) {
    tree.write("a.c", "int before;");
    const auto source = read_source(root, "a.c", {}, 1 << 20);
    tree.write("a.c", "int behind;");  // as long, and the same file
    CHECK(source.text == "int before;");
    const auto changed = root.open_file("a.c");
    REQUIRE(changed.ok());
    CHECK(changed->stamp().inode == source.record.stamp.inode);
    CHECK(changed->stamp() != source.record.stamp);
    CHECK_FALSE(source.record.traits.is_unsettled);
  }
}

TEST_CASE("source reading: where nobody waits, a change that may not show is noted") {
  constexpr int kRounds = 200;
  const ScratchTree tree;
  const auto root = tree.root();
  int unsettled = 0;
  for (int round = 0; round < kRounds; ++round) {
    tree.write("a.c", "int before;");
    const auto source = read_source(root, "a.c", {}, 1 << 20, Settling::kNoted);
    tree.write("a.c", "int behind;");
    const auto changed = root.open_file("a.c");
    REQUIRE(changed.ok());
    const bool is_noted = source.record.traits.is_unsettled;
    CHECK((is_noted || changed->stamp() != source.record.stamp));
    unsettled += is_noted ? 1 : 0;
  }
  CHECK(unsettled > 0);
  CHECK_FALSE(read_source(root, "a.c", {}, 1 << 20).record.traits.is_unsettled);
}
