// SPDX-License-Identifier: Apache-2.0
#include "search/search.hpp"

#include "built_index.hpp"
#include "search/match_page.hpp"
#include "support/slowness.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <random>
#include <thread>
#include <time.h>

using namespace toolpost::project_index;

namespace {

SearchResult found(const ScratchTree& tree, const Snapshot& snapshot, const SearchQuery& query) {
  auto result = search(snapshot, tree.root(), query, StopToken(), {});
  REQUIRE_MESSAGE(result.ok(), (result.ok() ? "" : result.refusal().text));
  return std::move(*result);
}

std::string refusal(const SearchQuery& query) {
  const ScratchTree tree;
  const auto result = search(*built_snapshot(tree), tree.root(), query, StopToken(), {});
  return result.ok() ? "accepted" : result.refusal().text;
}

// "path:line" of each match.
std::vector<std::string> places(const Snapshot& snapshot, const SearchResult& result) {
  std::vector<std::string> places;
  for (const auto& match : result.matches)
    places.push_back(std::string(snapshot.path(match.file)) + ":" + std::to_string(match.line));
  return places;
}

void write_many(const ScratchTree& tree) {
  for (int number = 0; number < 100; ++number)
    tree.write("d" + std::to_string(number % 7) + "/f" + std::to_string(number) + ".txt",
               "first needle\nhay\nsecond needle\n");
}

// Of all threads: unlike the time on the wall, it does not grow with what else the machine does.
std::chrono::milliseconds processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::milliseconds(time.tv_sec * 1000 + time.tv_nsec / 1'000'000);
}

// 50 ms of each.
constexpr std::int64_t kWorkOfTwoThreads = std::int64_t{100} * toolpost::testing::kSlowness;

// Searches for what is slow, stops that after 30 ms, and returns the milliseconds of work behind
// that.
std::int64_t worked_on_after_stop(const ScratchTree& tree, const std::string& pattern) {
  const auto snapshot = built_snapshot(tree);
  StopToken stop;
  std::chrono::milliseconds at_stop{};
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    at_stop = processor_time();
    stop.stop();
  });
  const auto result =
      search(*snapshot, tree.root(), {.pattern = pattern, .is_regex = true}, stop, {});
  const auto at_end = processor_time();
  stopper.join();
  REQUIRE_FALSE(result.ok());
  CHECK(result.refusal().text == "the search was cancelled");
  const auto took = (at_end - at_stop).count();
  MESSAGE("worked " << took << " ms more");
  return took;
}

}  // namespace

TEST_CASE("search: by path, then line, and only files that the globs want") {
  const ScratchTree tree;
  tree.write("b.txt", "x needle\n\nneedle\n");
  tree.write("a/z.txt", "needle");
  tree.write("a.txt", "needle");
  tree.write("a/skip.md", "needle");
  tree.write("no.txt", "hay");
  tree.write("binary.txt", std::string("needle\0", 7));
  const auto snapshot = built_snapshot(tree);
  const auto result =
      found(tree, *snapshot, {.pattern = "needle", .include = {"*.txt"}, .exclude = {"z*"}});
  CHECK(places(*snapshot, result) == std::vector<std::string>{"a.txt:1", "b.txt:1", "b.txt:3"});
  CHECK(result.files_considered <= 3);
  CHECK(result.files_searched == result.files_considered);
  CHECK_FALSE(result.is_cut);
}

TEST_CASE("search: pages joined are the whole, and a cut one says by what") {
  const ScratchTree tree;
  write_many(tree);
  const auto snapshot = built_snapshot(tree);
  const auto whole =
      places(*snapshot, found(tree, *snapshot, {.pattern = "needle", .max_matches = 1000}));
  REQUIRE(whole.size() == 200);
  std::vector<std::string> joined;
  for (std::uint32_t skip = 0;; skip += 13) {
    const auto page =
        found(tree, *snapshot, {.pattern = "needle", .max_matches = 13, .skip = skip});
    for (auto& place : places(*snapshot, page)) joined.push_back(place);
    if (!page.is_cut) break;
    CHECK(page.cut_by == "max_matches");
    REQUIRE(page.matches.size() == 13);
  }
  CHECK(joined == whole);
  const auto bytes = found(tree, *snapshot, {.pattern = "needle", .max_bytes = 1000});
  CHECK(bytes.is_cut);
  CHECK(bytes.cut_by == "max_bytes");
  CHECK(bytes.matches.size() < 14);
  CHECK(found(tree, *snapshot, {.pattern = "needle", .max_bytes = 1}).matches.size() == 1);
  CHECK_FALSE(found(tree, *snapshot, {.pattern = "needle", .max_matches = 200}).is_cut);
}

TEST_CASE("search: no more is read than allowed, and that is said") {
  const ScratchTree tree;
  for (const char* name : {"a", "b", "c"}) tree.write(name, "needle");
  const auto snapshot = built_snapshot(tree);
  const auto some = found(tree, *snapshot, {.pattern = "needle", .max_read = 12, .threads = 1});
  CHECK(places(*snapshot, some) == std::vector<std::string>{"a:1", "b:1"});
  CHECK(some.stopped_by == "they have more than 12 bytes");
  CHECK(some.files_searched == 2);
  CHECK_FALSE(some.is_cut);
  CHECK(found(tree, *snapshot, {.pattern = "needle", .max_read = 18}).stopped_by.empty());
  const auto page =
      found(tree, *snapshot, {.pattern = "needle", .max_matches = 1, .max_read = 12, .threads = 1});
  CHECK(page.is_cut);
  CHECK(page.stopped_by.empty());
}

TEST_CASE("search: what is read counts in the order of the page, whoever is ready first") {
  const ScratchTree tree;
  for (const char* name : {"a", "b", "c"}) tree.write(name, "");
  const auto snapshot = built_snapshot(tree);
  MatchPage page(*snapshot, 3, {.pattern = "x", .max_matches = 10, .max_read = 10});
  CHECK(page.put(2, ScannedText(), 6));
  CHECK(page.put(1, ScannedText(), 5));
  CHECK_FALSE(page.put(0, ScannedText(), 5));
  const auto result = std::move(page).result();
  CHECK(result.files_searched == 2);
  CHECK(result.stopped_by == "they have more than 10 bytes");
}

TEST_CASE("search: what a page takes up counts the path of each line") {
  const ScratchTree tree;
  const std::string path = std::string(120, 'd') + "/" + std::string(120, 'f');
  std::string text;
  for (int line = 0; line < 1000; ++line) text += "}\n";
  tree.write(path, text);
  const auto snapshot = built_snapshot(tree);
  constexpr std::size_t kMaxBytes = 100'000;
  const auto page =
      found(tree, *snapshot,
            {.pattern = "}", .context_lines = 20, .max_matches = 1000, .max_bytes = kMaxBytes});
  CHECK(page.cut_by == "max_bytes");
  std::size_t lines = 0;
  for (const auto& match : page.matches) lines += 1 + match.before.size() + match.after.size();
  CHECK(lines * path.size() < kMaxBytes);
}

TEST_CASE("search: who waits hears how much was found in the order of the page, and where last") {
  const ScratchTree tree;
  for (const char* name : {"a", "b", "c"}) tree.write(name, "");
  const auto snapshot = built_snapshot(tree);
  MatchPage page(*snapshot, 3, {.pattern = "x", .max_matches = 10, .skip = 1});
  const auto with = [](std::uint32_t file, std::size_t count) {
    ScannedText scanned;
    scanned.matches.assign(count, Match{file, 1, 1, "x", {}, {}});
    return scanned;
  };
  CHECK(page.so_far().matches == 0);
  CHECK(page.put(1, with(1, 2), 4));
  CHECK(page.so_far().matches == 0);
  CHECK(page.put(0, with(0, 1), 4));
  CHECK(page.so_far().matches == 3);
  CHECK(page.so_far().path == "b");
  CHECK(page.put(2, with(2, 0), 4));
  CHECK(page.so_far().path == "b");
}

TEST_CASE("search: a part of an expression is none, whatever is put around it") {
  for (const char* pattern : {"a)|(b", "(", ")", "a)(?:b"}) {
    CHECK(refusal({.pattern = pattern, .is_regex = true, .whole_word = true}) ==
          refusal({.pattern = pattern, .is_regex = true}));
  }
}

TEST_CASE("search: shows files as they are now, and leaves out what went or became binary") {
  const ScratchTree tree;
  for (const auto* name : {"a", "b", "c", "d"}) tree.write(name, "old needle\n");
  const auto snapshot = built_snapshot(tree);
  tree.write("a", "new\nneedle\n");
  tree.remove("b");
  tree.write("c", std::string("needle\0", 7));
  CHECK(places(*snapshot, found(tree, *snapshot, {.pattern = "needle"})) ==
        std::vector<std::string>{"a:2", "d:1"});
}

TEST_CASE("search: limits name the argument") {
  CHECK(refusal({.pattern = "x", .context_lines = 21}) == "context_lines: at most 20 are allowed");
  CHECK(refusal({.pattern = "x", .max_matches = 0}) == "max_matches: 1 to 10000 are allowed");
  CHECK(refusal({.pattern = "x", .skip = 2'000'000}) == "skip: at most 100000 are allowed");
  CHECK(refusal({.pattern = "x", .include = {"["}}) == "include[0]: a bracket is not closed");
}

TEST_CASE("search: a stopped one works no 50 ms more on its two threads, whatever it reads") {
  const ScratchTree tree;
  // Each two megabytes of what is slow to decide.
  for (int number = 0; number < 24; ++number) {
    std::string text;
    while (text.size() < 2'000'000) text += std::string(50, 'a') + " \xc3\xa4 b\n";
    tree.write("f" + std::to_string(number), text);
  }
  CHECK(worked_on_after_stop(tree, "(a|b|\\pL){3,40}[ab]+\\pL{1,30}x$") < kWorkOfTwoThreads);
}

TEST_CASE("search: a stopped one works no 50 ms more in a line of two megabytes") {
  const ScratchTree tree;
  std::mt19937 random(1);
  for (int number = 0; number < 24; ++number) {
    std::string text;
    while (text.size() < 2'000'000) text += "ab"[random() % 2];
    tree.write("f" + std::to_string(number), text);
  }
  CHECK(worked_on_after_stop(tree, "(?:a[ab]{30}|b[ab]{31}){8}c") < kWorkOfTwoThreads);
}
