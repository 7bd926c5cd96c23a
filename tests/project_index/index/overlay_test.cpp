// SPDX-License-Identifier: Apache-2.0
// A snapshot with changes over it answers as one that was built from the changed tree.
#include "index/overlay.hpp"

#include "built_index.hpp"
#include "index/source_reading.hpp"
#include "index/tree_changes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace toolpost::project_index;

namespace {

std::shared_ptr<const Snapshot> brought_up_to_date(const ScratchTree& tree, const Snapshot& known) {
  const auto changes = changes_between(known, tree.list());
  const auto root = tree.root();
  std::vector<Overlay::File> files;
  for (const auto& listed : changes.changed) {
    const auto source = read_source(root, listed.path, listed.stamp, 1 << 20);
    auto symbols = LineSymbols::symbols_in(source.text);
    files.push_back(std::make_shared<const OverlayFile>(
        OverlayFile{listed.path, source.record,
                    symbols.ok() ? std::move(*symbols) : std::vector<SourceSymbol>()}));
  }
  return snapshot_of(known.base_pointer(),
                     known.overlay().with(known.base().files(), std::move(files), changes.gone));
}

void check_same(const Snapshot& left, const Snapshot& right) {
  REQUIRE(left.file_count() == right.file_count());
  for (std::uint32_t id = 0; id < left.file_count(); ++id) {
    CHECK(left.path(id) == right.path(id));
    CHECK(left.stamp(id) == right.stamp(id));
    CHECK(left.symbols_of(id) == right.symbols_of(id));
    CHECK(left.find(right.path(id)) == id);
  }
  CHECK(left.symbol_count() == right.symbol_count());
  for (const auto match : {NameMatch::kExact, NameMatch::kPrefix, NameMatch::kSubstring})
    for (const std::uint32_t skip : {0u, 3u}) {
      const SymbolQuery query{.name = "n1", .match = match, .skip = skip, .limit = 5};
      const auto of_left = left.find_symbols(query);
      const auto of_right = right.find_symbols(query);
      REQUIRE(of_left.hits.size() == of_right.hits.size());
      CHECK(of_left.is_cut == of_right.is_cut);
      for (std::size_t at = 0; at < of_left.hits.size(); ++at) {
        CHECK(of_left.hits[at].file == of_right.hits[at].file);
        CHECK(of_left.hits[at].symbol == of_right.hits[at].symbol);
      }
    }
}

// Candidates may be more than those of a fresh index, never fewer.
void check_covers(const Snapshot& overlaid, const Snapshot& fresh) {
  for (int number = 0; number < 20; ++number) {
    const auto query = TrigramQuery::of_literal("n" + std::to_string(number) + "x", false);
    const auto wide = overlaid.candidates(query);
    const auto narrow = fresh.candidates(query);
    CHECK(std::is_sorted(wide.begin(), wide.end()));
    CHECK(std::includes(wide.begin(), wide.end(), narrow.begin(), narrow.end()));
  }
}

}  // namespace

TEST_CASE("overlay: random changes give what a fresh index gives, and so does a build from it") {
  std::mt19937 random(4);
  const ScratchTree tree;
  const auto write_one = [&] {
    std::string text;
    for (auto lines = random() % 5; lines > 0; --lines)
      text += "def n" + std::to_string(random() % 20) + "x\n";
    tree.write("d" + std::to_string(random() % 3) + "/f" + std::to_string(random() % 20) + ".src",
               text);
  };
  for (int count = 0; count < 30; ++count) write_one();
  auto snapshot = built_snapshot(tree);
  for (int round = 0; round < 12; ++round) {
    for (auto count = random() % 4; count > 0; --count) write_one();
    const auto list = tree.list();
    for (auto count = random() % 3; count > 0; --count) {
      const auto& path = list.files[random() % list.files.size()].path;
      if (std::filesystem::exists(tree.path(path))) tree.remove(path);
    }
    snapshot = brought_up_to_date(tree, *snapshot);
    const auto fresh = built_snapshot(tree);
    check_same(*snapshot, *fresh);
    check_covers(*snapshot, *fresh);
    // Files are taken over from the base by their stamps; the bytes are those of a fresh build.
    CHECK(index_bytes(built_sections(tree, &snapshot->base())) ==
          index_bytes(built_sections(tree)));
  }
}

TEST_CASE("overlay: a file that may have changed unseen is looked at again, whatever its stamp") {
  const ScratchTree tree;
  tree.write("a.src", "def a\n");
  const auto built = built_snapshot(tree);
  const auto stamp = built->stamp(0);
  CHECK(changes_between(*built, tree.list()).count() == 0);
  CHECK(built->is_clean(0, stamp));
  CHECK(built->is_known(0, stamp));
  for (const bool is_unsettled : {false, true}) {
    OverlayFile file{"a.src", {stamp, {.is_clean = true, .is_unsettled = is_unsettled}}, {}};
    const auto snapshot =
        snapshot_of(built->base_pointer(),
                    Overlay().with(built->base().files(),
                                   {std::make_shared<const OverlayFile>(std::move(file))}, {}));
    CHECK(snapshot->is_current(0, stamp) != is_unsettled);
    CHECK(snapshot->is_clean(0, stamp) != is_unsettled);
    CHECK(snapshot->is_known(0, stamp) != is_unsettled);
    CHECK(changes_between(*snapshot, tree.list()).count() == (is_unsettled ? 1 : 0));
  }
}

TEST_CASE("build: one thread and three make the same bytes but for the strings' order") {
  const ScratchTree tree;
  for (int number = 0; number < 300; ++number)
    tree.write("f" + std::to_string(number) + ".src",
               "def n" + std::to_string(number % 50) + "\ntext " + std::to_string(number * 77));
  const auto one = built_sections(tree, nullptr, 1);
  const auto three = built_sections(tree, nullptr, 3);
  for (const auto kind : {SectionKind::kInfo, SectionKind::kRecords, SectionKind::kPaths,
                          SectionKind::kTrigrams, SectionKind::kPostings, SectionKind::kNames})
    CHECK(one[static_cast<std::size_t>(kind)] == three[static_cast<std::size_t>(kind)]);
  check_same(*snapshot_of(held(one)), *snapshot_of(held(three)));
}

TEST_CASE("build: a stopped one gives nothing") {
  const ScratchTree tree;
  tree.write("a", "text");
  const auto root = tree.root();
  const auto list = tree.list();
  const auto identity = test_identity(tree);
  StopToken stop;
  stop.stop();
  const auto sections = build_index({.root = root, .list = list, .identity = identity}, stop, {});
  REQUIRE_FALSE(sections.ok());
  CHECK(sections.refusal().text == "indexing was cancelled");
}
