// SPDX-License-Identifier: Apache-2.0
// Trees made to hurt: too large, too deep, and changing under the walk.
#include "../temporary_directory.hpp"
#include "files/list_files.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace toolpost::project_index;
using toolpost::project_index::test::TemporaryDirectory;

namespace {

RootDirectory open(const TemporaryDirectory& directory) {
  auto root = RootDirectory::open(directory.path());
  REQUIRE(root);
  return std::move(*root);
}

FileList list(const RootDirectory& root, const WalkRules& rules = {}) {
  auto found = list_files(root, rules, StopToken());
  REQUIRE(found);
  return std::move(*found);
}

void make_files(const TemporaryDirectory& directory, const std::string& place, int count) {
  directory.make(place);
  for (int number = 0; number < count; ++number) {
    const std::string path = directory.path(place + "/" + std::to_string(number));
    ::close(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  }
}

}  // namespace

TEST_CASE("tree bombs: a budget ends the walk and is named") {
  const TemporaryDirectory directory;
  make_files(directory, "many", 600);
  directory.write("large", std::string(5000, 'x'));
  WalkRules rules;
  rules.max_files = 200;
  FileList found = list(open(directory), rules);
  CHECK(found.files.size() == 200);
  CHECK(found.stopped_by == "there are more than 200 files");
  rules = {};
  rules.max_bytes = 4999;
  found = list(open(directory), rules);
  CHECK(found.stopped_by == "the files have more than 4999 bytes");
  CHECK(found.counts.bytes <= 4999);
  rules = {};
  rules.max_time = std::chrono::milliseconds(0);
  found = list(open(directory), rules);
  CHECK(found.stopped_by == "the walk took longer than 0 ms");
  CHECK(found.files.empty());
}

TEST_CASE("tree bombs: a file of ten gigabytes is listed, and not for reading") {
  const TemporaryDirectory directory;
  directory.write("sparse");
  REQUIRE(::truncate(directory.path("sparse").c_str(), 10'000'000'000) == 0);
  const RootDirectory root = open(directory);
  const FileList found = list(root);
  REQUIRE(found.files.size() == 1);
  CHECK(found.files[0].is_huge);
  CHECK(found.counts.bytes == 0);
  CHECK(found.stopped_by.empty());
  CHECK_FALSE(root.open_file("sparse")->read_all(2U << 20U));
}

TEST_CASE("tree bombs: deeper than allowed is counted, however deep") {
  const TemporaryDirectory directory;
  // Deeper than a path can name.
  int at = ::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  constexpr int kLevels = 1500;
  int levels = 0;
  for (; levels < kLevels && ::mkdirat(at, "dd", 0700) == 0; ++levels) {
    const int next = ::openat(at, "dd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ::close(at);
    at = next;
  }
  ::close(::openat(at, "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ::close(at);
  REQUIRE(levels == kLevels);
  FileList found = list(open(directory));
  CHECK(found.counts.directories == 64);
  CHECK(found.counts.too_deep == 1);
  CHECK(found.files.empty());
  WalkRules rules;
  rules.max_depth = 100'000;
  found = list(open(directory), rules);  // the path gets too long first
  CHECK(found.counts.too_deep == 1);
  CHECK(found.counts.directories > 1000);
}

TEST_CASE("tree bombs: links are no way round, and hard links count each time") {
  const TemporaryDirectory directory;
  directory.write("a/file", "xyz");
  directory.link("..", "a/up");
  directory.link("/", "a/everything");
  directory.hard_link("a/file", "a/same");
  const FileList found = list(open(directory));
  CHECK(found.files.size() == 2);
  CHECK(found.files[0].stamp == found.files[1].stamp);
  CHECK(found.counts.special == 2);
  CHECK(found.counts.bytes == 6);
}

TEST_CASE("tree bombs: rule files that are none, or too large, are no rules") {
  const TemporaryDirectory directory;
  directory.write("outside/rules", "*\n");
  directory.write("one/a");
  directory.link("../outside/rules", "one/.gitignore");
  directory.write("two/a");
  ::mkfifo(directory.path("two/.gitignore").c_str(), 0600);
  directory.write("three/a");
  directory.make("three/.gitignore");
  directory.write("four/a");
  directory.write("four/.gitignore", "a\n" + std::string(5U << 20U, '#'));
  const FileList found = list(open(directory));
  std::string paths;
  for (const ListedFile& file : found.files) paths += file.path + " ";
  CHECK(paths == "four/.gitignore four/a one/a outside/rules three/a two/a ");
}

TEST_CASE("tree bombs: the walk stops when it is told to") {
  const TemporaryDirectory directory;
  make_files(directory, "many", 500);
  const RootDirectory root = open(directory);
  const StopToken before;
  before.stop();
  CHECK_FALSE(list_files(root, {}, before));

  const StopToken meanwhile;
  std::atomic<bool> has_begun{false};
  std::thread stopper([&] {
    while (!has_begun) std::this_thread::yield();
    meanwhile.stop();
  });
  bool was_refused = false;
  while (!was_refused) {
    has_begun = true;
    was_refused = !list_files(root, {}, meanwhile);
  }
  stopper.join();
}

TEST_CASE("races: a directory that changes meanwhile is walked to its end, and never left") {
  const TemporaryDirectory directory;
  directory.write("outside/secret");
  directory.make("root");
  make_files(directory, "root/stable", 50);
  make_files(directory, "root/swap", 20);
  directory.link("../outside", "root/link");
  const auto root = RootDirectory::open(directory.path("root"));
  REQUIRE(root);
  std::atomic<bool> is_over{false};
  std::thread changer([&] {
    const std::string moving = directory.path("root/moving");
    for (int number = 0; !is_over; ++number) {
      ::renameat2(AT_FDCWD, directory.path("root/swap").c_str(), AT_FDCWD,
                  directory.path("root/link").c_str(), RENAME_EXCHANGE);
      const std::string file = directory.path("root/stable/new" + std::to_string(number % 7));
      ::close(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
      ::mkdir(moving.c_str(), 0700);
      ::unlink(file.c_str());
      ::rmdir(moving.c_str());
    }
  });
  int leaked = 0;
  int incomplete = 0;
  for (int round = 0; round < 300; ++round) {
    const FileList found = list(*root);
    int stable = 0;
    for (const ListedFile& file : found.files) {
      leaked += file.path.find("secret") != std::string::npos ? 1 : 0;
      stable += file.path.rfind("stable/", 0) == 0 && file.path[7] != 'n' ? 1 : 0;
    }
    incomplete += stable == 50 ? 0 : 1;
    CHECK(found.stopped_by.empty());
  }
  is_over = true;
  changer.join();
  CHECK(leaked == 0);
  CHECK(incomplete == 0);
}
