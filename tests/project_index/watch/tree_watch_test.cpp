// SPDX-License-Identifier: Apache-2.0
// Real changes below a temporary directory. A test waits for what it expects, up to ten seconds;
// none waits for a time to pass.
#include "watch/tree_watch.hpp"

#include "../temporary_directory.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <stdexcept>
#include <sys/stat.h>
#include <thread>

using namespace toolpost::project_index;
using toolpost::project_index::test::TemporaryDirectory;

namespace {

// What a watch has told so far.
class Heard {
 public:
  TreeWatch::Functions functions() {
    TreeWatch::Functions out;
    out.on_change = [this](std::vector<std::string> paths) {
      tell([&] {
        ++calls;
        is_sorted &= std::is_sorted(paths.begin(), paths.end());
        changed.insert(paths.begin(), paths.end());
      });
    };
    out.on_sweep = [this] { tell([&] { ++sweeps; }); };
    out.complain = [this](const std::string& text) { tell([&] { complaints.push_back(text); }); };
    return out;
  }

  // The same, and who tells a change waits until `gate` is open.
  TreeWatch::Functions functions_behind(std::mutex& gate) {
    TreeWatch::Functions out = functions();
    out.on_change = [&gate, tell = out.on_change](std::vector<std::string> paths) {
      tell(std::move(paths));
      const std::lock_guard wait(gate);
    };
    return out;
  }

  template <class Condition>
  bool wait_until(Condition&& condition) {
    std::unique_lock lock(mutex_);
    return told_.wait_for(lock, std::chrono::seconds(10), condition);
  }

  bool has(const std::string& path) {
    const std::lock_guard lock(mutex_);
    return changed.count(path) > 0;
  }

  bool wait_for(const std::string& path) {
    return wait_until([&] { return changed.count(path) > 0; });
  }

  // Under the lock of the functions above.
  std::set<std::string> changed;
  std::vector<std::string> complaints;
  int calls = 0;
  int sweeps = 0;
  bool is_sorted = true;

 private:
  template <class Change>
  void tell(Change&& change) {
    const std::lock_guard lock(mutex_);
    change();
    told_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable told_;
};

struct Place {
  TemporaryDirectory directory;
  RootDirectory root = std::move(*RootDirectory::open(directory.path()));
  Heard heard;
};

}  // namespace

TEST_CASE("tree watch: a file that is written, moved or removed is named") {
  Place place;
  place.directory.write("sub/a");
  place.directory.write("b");
  TreeWatch watch(place.heard.functions());
  REQUIRE(watch.start(place.root, {"", "sub"}));
  CHECK(watch.directories() == 2);
  place.directory.write("sub/a", "other");
  CHECK(place.heard.wait_for("sub/a"));
  std::filesystem::rename(place.directory.path("b"), place.directory.path("sub/c"));
  CHECK(place.heard.wait_for("b"));
  CHECK(place.heard.wait_for("sub/c"));
  std::filesystem::remove(place.directory.path("sub/c"));
  place.directory.write("d");
  CHECK(place.heard.wait_for("d"));
  CHECK(place.heard.is_sorted);
  watch.stop();
  CHECK(watch.directories() == 0);
}

TEST_CASE("tree watch: a burst is one call, or a few") {
  Place place;
  TreeWatch watch(place.heard.functions());
  REQUIRE(watch.start(place.root, {""}));
  constexpr std::size_t kFiles = 200;
  for (std::size_t number = 0; number < kFiles; ++number) {
    place.directory.write("f" + std::to_string(number));
  }
  CHECK(place.heard.wait_until([&] { return place.heard.changed.size() == kFiles; }));
  watch.stop();
  CHECK(place.heard.calls < 50);
}

TEST_CASE("tree watch: a new directory is watched with all that is in it already") {
  Place place;
  TreeWatch watch(place.heard.functions());
  REQUIRE(watch.start(place.root, {""}));
  place.directory.write("new/deep/er/a");
  CHECK(place.heard.wait_for("new/deep/er/a"));
  place.directory.write("new/deep/er/b");
  CHECK(place.heard.wait_for("new/deep/er/b"));
  CHECK(watch.directories() == 4);
}

TEST_CASE("tree watch: a directory that moves is watched under its new name") {
  Place place;
  place.directory.write("old/in/a");
  TreeWatch watch(place.heard.functions());
  REQUIRE(watch.start(place.root, {"", "old", "old/in"}));
  std::filesystem::rename(place.directory.path("old"), place.directory.path("new"));
  CHECK(place.heard.wait_for("old"));
  CHECK(place.heard.wait_for("new/in/a"));
  place.directory.write("new/in/b");
  CHECK(place.heard.wait_for("new/in/b"));
  CHECK(watch.directories() == 3);
  std::filesystem::remove_all(place.directory.path("new"));
  CHECK(place.heard.wait_for("new"));
}

TEST_CASE("tree watch: a directory that is not wanted is named and not watched") {
  Place place;
  TreeWatch::Functions functions = place.heard.functions();
  functions.is_wanted = [](const std::string& directory) { return directory != "node_modules"; };
  TreeWatch watch(functions);
  REQUIRE(watch.start(place.root, {""}));
  place.directory.write("node_modules/a/b");
  place.directory.write("src/a");
  CHECK(place.heard.wait_for("src/a"));
  CHECK(place.heard.wait_for("node_modules"));
  CHECK(watch.directories() == 2);
}

TEST_CASE("tree watch: other rules, and too many changes, are a sweep") {
  Place place;
  TreeWatch::Limits limits;
  limits.max_changes = 10;
  TreeWatch watch(place.heard.functions(), limits);
  REQUIRE(watch.start(place.root, {""}));
  place.directory.write(".gitignore");
  CHECK(place.heard.wait_until([&] { return place.heard.sweeps >= 1; }));
  for (int number = 0; number < 500; ++number) place.directory.write("f" + std::to_string(number));
  CHECK(place.heard.wait_until([&] { return place.heard.sweeps >= 2; }));
}

TEST_CASE("tree watch: a repository that comes or goes is a sweep, and is not watched") {
  Place place;
  place.directory.write("sub/a");
  TreeWatch watch(place.heard.functions());
  REQUIRE(watch.start(place.root, {"", "sub"}));
  std::filesystem::create_directory(place.directory.path() + "/sub/.git");
  CHECK(place.heard.wait_until([&] { return place.heard.sweeps == 1; }));
  std::filesystem::remove(place.directory.path() + "/sub/.git");
  CHECK(place.heard.wait_until([&] { return place.heard.sweeps == 2; }));
  place.directory.write("cloned/.git/HEAD");
  CHECK(place.heard.wait_until([&] { return place.heard.sweeps == 3; }));
  place.directory.write("sub/b");
  CHECK(place.heard.wait_for("sub/b"));
  CHECK(place.heard.changed.count("cloned/.git/HEAD") == 0);
}

TEST_CASE("tree watch: an overflow of the kernel's queue is a sweep") {
  Place place;
  std::mutex gate;
  TreeWatch watch(place.heard.functions_behind(gate));
  place.directory.write("a");
  place.directory.write("b");
  REQUIRE(watch.start(place.root, {""}));
  std::size_t queue = 16384;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> queue;
  {
    const std::lock_guard closed(gate);
    place.directory.write("first");
    REQUIRE(place.heard.wait_for("first"));
    // The thread waits at the gate. Two names by turns: the kernel drops what equals the event
    // before.
    const std::string a = place.directory.path("a");
    const std::string b = place.directory.path("b");
    for (std::size_t count = 0; count <= queue; ++count) {
      ::chmod((count % 2 == 0 ? a : b).c_str(), 0600);
    }
  }
  CHECK(place.heard.wait_until([&] { return place.heard.sweeps > 0; }));
}

TEST_CASE("tree watch: too few watches are complained about once, and looked after by sweeps") {
  Place place;
  place.directory.make("a");
  place.directory.make("b");
  TreeWatch::Limits limits;
  limits.max_directories = 2;
  limits.sweep_every = std::chrono::milliseconds(10);
  TreeWatch watch(place.heard.functions(), limits);
  REQUIRE(watch.start(place.root, {"", "a", "b"}));
  CHECK(place.heard.wait_until([&] { return place.heard.sweeps >= 3; }));
  CHECK_FALSE(watch.catch_up(StopToken(), std::chrono::minutes(1)));
  CHECK(place.heard.complaints.size() == 1);
  CHECK(place.heard.complaints.at(0).find("only 2 directories") != std::string::npos);
}

TEST_CASE("tree watch: told of a new list it watches what came and forgets what went") {
  Place place;
  for (const char* name : {"a", "b", "c"}) place.directory.make(name);
  TreeWatch watch(place.heard.functions());
  REQUIRE(watch.start(place.root, {"", "a", "b"}));
  CHECK(watch.update({"", "b", "c"}));
  CHECK(watch.directories() == 3);
  CHECK_FALSE(watch.update({"", "b", "c"}));
  place.directory.write("a/x");
  place.directory.write("c/x");
  CHECK(place.heard.wait_for("c/x"));
  CHECK(place.heard.changed.count("a/x") == 0);
}

TEST_CASE("tree watch: a directory that appeared behind the walk's back is worth another walk") {
  Place place;
  TreeWatch watch(place.heard.functions());
  REQUIRE(watch.start(place.root, {""}));
  place.directory.make("new");
  REQUIRE(watch.catch_up(StopToken(), std::chrono::minutes(1)));
  CHECK(watch.directories() == 2);
  CHECK(watch.update({""}));  // the list of a walk that was past it
  CHECK(watch.update({"", "new"}));
  CHECK_FALSE(watch.update({"", "new"}));
}

TEST_CASE("tree watch: a link in place of a directory is not followed") {
  Place place;
  const TemporaryDirectory outside;
  place.directory.link(outside.path(), "link");
  TreeWatch watch(place.heard.functions());
  REQUIRE(watch.start(place.root, {"", "link"}));
  CHECK(watch.directories() == 1);
  outside.write("x");
  place.directory.write("y");
  CHECK(place.heard.wait_for("y"));
  CHECK(place.heard.changed.count("link/x") == 0);
}

TEST_CASE("tree watch: a function that throws ends nothing, and a sweep follows") {
  Place place;
  TreeWatch::Functions functions = place.heard.functions();
  functions.on_change = [](const std::vector<std::string>&) { throw std::runtime_error("broken"); };
  TreeWatch watch(functions);
  REQUIRE(watch.start(place.root, {""}));
  place.directory.write("a");
  int seen = 0;
  CHECK(place.heard.wait_until([&] { return (seen = place.heard.sweeps) >= 1; }));
  place.directory.write("b");
  CHECK(place.heard.wait_until([&] { return place.heard.sweeps > seen; }));
  CHECK(place.heard.complaints.size() == 1);
  CHECK(place.heard.complaints.at(0).find("broken") != std::string::npos);
}

TEST_CASE("tree watch: who catches up is told at once of all that has happened") {
  Place place;
  TreeWatch::Limits limits;
  limits.quiet = limits.longest = std::chrono::hours(1);
  TreeWatch watch(place.heard.functions(), limits);
  const std::chrono::minutes long_enough(1);
  CHECK_FALSE(watch.catch_up(StopToken(), long_enough));  // nothing is watched
  REQUIRE(watch.start(place.root, {""}));
  CHECK(watch.catch_up(StopToken(), long_enough));
  CHECK(place.heard.calls == 0);
  for (int round = 0; round < 100; ++round) {
    const std::string name = "f" + std::to_string(round);
    place.directory.write(name);
    REQUIRE(watch.catch_up(StopToken(), long_enough));
    REQUIRE(place.heard.has(name));
  }
  place.directory.write(".gitignore");
  CHECK(watch.catch_up(StopToken(), long_enough));
  CHECK(place.heard.sweeps == 1);
  watch.stop();
  CHECK_FALSE(watch.catch_up(StopToken(), long_enough));
}

TEST_CASE("tree watch: who catches up beside many others and many writers is told as well") {
  Place place;
  TreeWatch::Limits limits;
  limits.quiet = limits.longest = std::chrono::hours(1);
  limits.max_changes = 1'000'000;
  TreeWatch watch(place.heard.functions(), limits);
  REQUIRE(watch.start(place.root, {""}));
  std::atomic<int> missed = 0;
  constexpr int kThreads = 8;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int number = 0; number < kThreads; ++number) {
    threads.emplace_back([&, number] {
      for (int round = 0; round < 50; ++round) {
        const std::string name = std::to_string(number) + "-" + std::to_string(round);
        place.directory.write(name);
        const bool is_told = watch.catch_up(StopToken(), std::chrono::minutes(1));
        missed += is_told && place.heard.has(name) ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(missed == 0);
}

TEST_CASE("tree watch: who catches up is let go by a stop, by a time and by the end of the watch") {
  Place place;
  std::mutex gate;
  TreeWatch watch(place.heard.functions_behind(gate));
  REQUIRE(watch.start(place.root, {""}));
  {
    const std::lock_guard closed(gate);
    place.directory.write("first");
    REQUIRE(place.heard.wait_for("first"));
    CHECK_FALSE(watch.catch_up(StopToken(), std::chrono::milliseconds(1)));
    const StopToken stopped;
    stopped.stop();
    CHECK_FALSE(watch.catch_up(stopped, std::chrono::hours(1)));
  }
  CHECK(watch.catch_up(StopToken(), std::chrono::hours(1)));
  std::unique_lock closed(gate);
  place.directory.write("second");
  REQUIRE(place.heard.wait_for("second"));
  std::thread waiting([&] { (void)watch.catch_up(StopToken(), std::chrono::hours(1)); });
  std::thread stopping([&] { watch.stop(); });
  closed.unlock();
  waiting.join();
  stopping.join();
}

TEST_CASE("tree watch: can be stopped at any time, and started again") {
  Place place;
  TreeWatch watch(place.heard.functions());
  watch.stop();
  for (int round = 0; round < 20; ++round) {
    REQUIRE(watch.start(place.root, {""}));
    place.directory.write("a" + std::to_string(round));
    if (round % 2 == 0) watch.stop();
  }
  CHECK(place.heard.wait_for("a19"));
}
