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
  }
}
