// SPDX-License-Identifier: Apache-2.0
// What is written is what is read; what is damaged is refused, and what is forged does no harm.
#include "index/index_file.hpp"

#include "built_index.hpp"
#include "index/checksum.hpp"
#include "index/snapshot.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace toolpost::project_index;

namespace {

void write_sources(const ScratchTree& tree) {
  tree.write("a.src", "def alpha\nHello World\ndef beta\n");
  tree.write("b/c.src", "def alpha\nnothing\n");
  tree.write("b/binary", std::string("x\0y", 3));
  tree.write("b/broken.src", "def lost\nbroken\n");
  for (int number = 0; number < 60; ++number)
    tree.write("many/" + std::to_string(number) + ".src",
               "def name" + std::to_string(number % 20) + "\nword" + std::to_string(number) + "\n");
}

// Asks everything that an index can be asked.
std::uint64_t asked(const Snapshot& snapshot) {
  std::uint64_t answers = 0;
  for (const auto* text : {"hello", "word7", "def alpha", "zzz"})
    answers += snapshot.candidates(TrigramQuery::of_literal(text, true)).size();
  answers += snapshot.candidates(TrigramQuery::of_regex("(word1|word2).*", false)).size();
  for (const auto match : {NameMatch::kExact, NameMatch::kPrefix, NameMatch::kSubstring})
    answers += snapshot.find_symbols({.name = "name1", .match = match}).hits.size();
  for (std::uint32_t id = 0; id < snapshot.file_count(); ++id)
    answers += snapshot.symbols_of(id).size() + snapshot.file(id).path.size();
  return answers + snapshot.symbol_count() + snapshot.below("many").last;
}

// The bytes of a whole index whose section was exchanged, every checksum right.
std::string forged(Sections sections, std::size_t kind, std::string bytes) {
  sections[kind] = std::move(bytes);
  return index_bytes(sections);
}

void ask_if_accepted(std::string bytes, int& accepted) {
  const auto index = IndexFile::hold(std::move(bytes));
  if (!index.ok()) return;
  ++accepted;
  CHECK(asked(*snapshot_of(*index)) < 1'000'000);
  // As the base of the next build.
  ScratchTree tree;
  (void)built_sections(tree, index->get());
}

}  // namespace

TEST_CASE("index file: knows the files, their trigrams and their symbols") {
  const ScratchTree tree;
  write_sources(tree);
  const auto snapshot = built_snapshot(tree);
  REQUIRE(snapshot->file_count() == 64);
  CHECK(snapshot->path(0) == "a.src");
  const auto a = snapshot->file(0);
  CHECK(a.line_count == 3);
  CHECK_FALSE(a.is_binary);
  const auto binary = snapshot->find("b/binary");
  REQUIRE(binary);
  CHECK(snapshot->file(*binary).is_binary);
  CHECK_FALSE(snapshot->find("b"));
  CHECK(snapshot->candidates(TrigramQuery::of_literal("hello w", false)) ==
        std::vector<std::uint32_t>{0});
  CHECK(snapshot->candidates(TrigramQuery()).size() == 63);
  CHECK(snapshot->symbols_of(0) ==
        std::vector<SourceSymbol>{{"alpha", "function", "scope", "(int 1)", 1, 4},
                                  {"beta", "function", "scope", "(int 3)", 3, 6}});
  const auto page = snapshot->find_symbols({.name = "alpha"});
  REQUIRE(page.hits.size() == 2);
  CHECK(snapshot->path(page.hits[1].file) == "b/c.src");
  CHECK(snapshot->symbol_count() == 63);
  CHECK(snapshot->base().info().symbol_failures == 1);
  CHECK(snapshot->below("many").last - snapshot->below("many").first == 60);
  CHECK(snapshot->below("man").first == snapshot->below("man").last);
}

TEST_CASE("index file: symbols come by name, path and line, page by page") {
  const ScratchTree tree;
  write_sources(tree);
  const auto snapshot = built_snapshot(tree);
  const auto all = snapshot->find_symbols(
      {.name = "NAME1", .match = NameMatch::kPrefix, .ignore_case = true, .limit = 1000});
  CHECK(all.hits.size() == 33);  // name1 and name10 to name19, each in three files
  CHECK_FALSE(all.is_cut);
  std::vector<SymbolHit> paged;
  for (std::uint32_t skip = 0;; skip += 7) {
    auto page = snapshot->find_symbols(
        {.name = "name1", .match = NameMatch::kPrefix, .skip = skip, .limit = 7});
    paged.insert(paged.end(), page.hits.begin(), page.hits.end());
    if (!page.is_cut) break;
  }
  REQUIRE(paged.size() == all.hits.size());
  for (std::size_t at = 0; at < paged.size(); ++at) {
    CHECK(paged[at].file == all.hits[at].file);
    CHECK(paged[at].symbol == all.hits[at].symbol);
  }
  CHECK(snapshot->find_symbols({.name = "ame5", .match = NameMatch::kSubstring}).hits.size() == 3);
  CHECK(snapshot->find_symbols({.name = "name5", .kind = "class"}).hits.empty());
}

TEST_CASE("index file: an empty tree has an empty index") {
  const ScratchTree tree;
  const auto snapshot = built_snapshot(tree);
  CHECK(snapshot->file_count() == 0);
  CHECK(asked(*snapshot) == 0);
}

TEST_CASE("index file: any changed byte, and any missing end, is refused") {
  const ScratchTree tree;
  write_sources(tree);
  const auto bytes = index_bytes(built_sections(tree));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    CAPTURE(at);
    REQUIRE_FALSE(IndexFile::hold(damaged).ok());
    REQUIRE_FALSE(IndexFile::hold(bytes.substr(0, at)).ok());
  }
  CHECK_FALSE(IndexFile::hold(bytes + "x").ok());
  CHECK(IndexFile::hold("TPPINDEX").refusal().text == "it is shorter than its header");
}

TEST_CASE("index file: another version says which") {
  const ScratchTree tree;
  auto bytes = index_bytes(built_sections(tree));
  const auto mine = std::to_string(kIndexVersion);
  for (const std::uint32_t other : {kIndexVersion - 1, kIndexVersion + 1}) {
    bytes[8] = static_cast<char>(other);
    CHECK(IndexFile::hold(bytes).refusal().text ==
          "it has version " + std::to_string(other) + " of the format, not " + mine);
  }
}

TEST_CASE("index file: a forged file with right checksums neither crashes nor loops") {
  const ScratchTree tree;
  write_sources(tree);
  const auto sections = built_sections(tree);
  std::mt19937 random(3);
  int accepted = 0;
  for (std::size_t kind = 0; kind < kSectionCount; ++kind) {
    const auto& section = sections[kind];
    for (int round = 0; round < 400; ++round) {
      auto bytes = section;
      if (round % 8 == 0 && !bytes.empty()) bytes.resize(random() % bytes.size());
      for (auto flips = random() % 4 + 1; flips > 0 && !bytes.empty(); --flips)
        bytes[random() % bytes.size()] = static_cast<char>(random() % 3 == 0 ? 0xff : random());
      ask_if_accepted(forged(sections, kind, std::move(bytes)), accepted);
    }
    ask_if_accepted(forged(sections, kind, {}), accepted);
    ask_if_accepted(forged(sections, kind, sections[(kind + 1) % kSectionCount]), accepted);
  }
  // Sections that only their readers can judge are among those that were asked.
  CHECK(accepted > 400);
}

TEST_CASE("checksum: every bit and the length count") {
  const std::string text(100, 'a');
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto other = text;
    other[at] ^= 1;
    CHECK(checksum(other) != checksum(text));
    CHECK(checksum(text.substr(0, at)) != checksum(text));
  }
}
