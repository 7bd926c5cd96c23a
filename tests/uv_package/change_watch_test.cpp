// SPDX-License-Identifier: Apache-2.0
// Changes on disk, and who is told of them. A change is waited for, with a deadline that only a
// failure reaches; that nothing is told is seen by what is told next.
#include "resources/change_watch.hpp"

#include "resources/sight.hpp"
#include "temporary_directory.hpp"

#include <toolpost/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using namespace toolpost;
using namespace toolpost::uv_package;
using test::TemporaryDirectory;

constexpr std::chrono::seconds kPatience{20};
const std::string kInstalled = "python:packages://installed";
const std::string kTree = "python:dependencies://tree";
const std::string kEnvironment = "python:environment://active";

class Told {
 public:
  void add(const std::string& uri) {
    const std::lock_guard lock(mutex_);
    all_.push_back(uri);
    changed_.notify_all();
  }

  // The next one that was told; empty when none came.
  std::string next() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [&] { return read_ < all_.size(); })) return {};
    return all_[read_++];
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> all_;
  std::size_t read_ = 0;
};

struct Watching {
  TemporaryDirectory directory;
  Settings settings;
  Told told;
  Told looked;
  Told complained;
  ChangeWatch watch{{[this](const std::string& uri) {
                       Sight sight = sight_of(settings, uri);
                       looked.add(uri);
                       return sight;
                     },
                     [this](const std::string& uri) { told.add(uri); },
                     [this](const std::string& problem) { complained.add(problem); }}};

  Watching() { settings.roots = {directory.path()}; }

  // The thread has seen this URI: one look before its directories are watched, one after.
  void watch_and_wait(const std::string& uri) {
    watch.watch(uri);
    REQUIRE(looked.next() == uri);
    REQUIRE(looked.next() == uri);
  }
};

}  // namespace

TEST_CASE("watch: a file that is written, replaced or removed is told") {
  Watching one;
  one.watch.about_to_read(kTree);
  REQUIRE(one.looked.next() == kTree);
  one.watch.watch(kTree);
  one.directory.write("uv.lock", "version = 1\n");
  CHECK(one.told.next() == kTree);
  one.directory.write("new", "version = 1\nrevision = 2\n");
  std::filesystem::rename(one.directory.path() + "/new", one.directory.path() + "/uv.lock");
  CHECK(one.told.next() == kTree);
  std::filesystem::remove(one.directory.path() + "/uv.lock");
  CHECK(one.told.next() == kTree);
}

TEST_CASE("watch: a change between the last read and the watch is told") {
  Watching one;
  one.watch.about_to_read(kTree);
  one.directory.write("uv.lock", "version = 1\n");
  one.watch.watch(kTree);
  CHECK(one.told.next() == kTree);
}

TEST_CASE("watch: what is not behind a resource is not told") {
  Watching one;
  one.watch.about_to_read(kTree);
  one.watch.about_to_read(kEnvironment);
  one.watch.watch(kTree);
  one.watch.watch(kEnvironment);
  one.directory.write("notes.txt", "x");
  one.directory.write("sub/uv.lock", "x");
  one.directory.write(".venv/pyvenv.cfg", "version = 3.11.2\n");
  CHECK(one.told.next() == kEnvironment);
}

TEST_CASE("watch: an environment that is made later is followed down to its packages") {
  Watching one;
  one.watch.about_to_read(kInstalled);
  one.watch.watch(kInstalled);
  one.directory.write(".venv/pyvenv.cfg", "version = 3.11.2\n");
  CHECK(one.told.next() == kInstalled);
  const std::string packages = ".venv/lib/python3.11/site-packages/";
  one.directory.write(packages + "six-1.dist-info/METADATA", "Name: six\nVersion: 1\n");
  CHECK(one.told.next() == kInstalled);
  std::filesystem::rename(one.directory.path() + "/" + packages + "six-1.dist-info",
                          one.directory.path() + "/" + packages + "six-2.dist-info");
  CHECK(one.told.next() == kInstalled);
  std::filesystem::remove_all(one.directory.path() + "/.venv");
  CHECK(one.told.next() == kInstalled);
  one.directory.write(".venv/pyvenv.cfg", "version = 3.12\n");
  CHECK(one.told.next() == kInstalled);
}

TEST_CASE("watch: the thread is there only while something is watched") {
  Watching one;
  CHECK_FALSE(one.watch.is_running());
  one.watch.about_to_read(kTree);
  REQUIRE(one.looked.next() == kTree);
  CHECK_FALSE(one.watch.is_running());
  one.watch_and_wait(kTree);
  one.watch.watch(kEnvironment);
  CHECK(one.watch.is_running());
  one.watch.forget(kTree);
  CHECK(one.watch.is_running());
  one.watch.forget(kEnvironment);
  CHECK_FALSE(one.watch.is_running());
  // Watched again: the change in between is found by what was read.
  one.directory.write("uv.lock", "version = 1\n");
  one.watch.watch(kTree);
  CHECK(one.told.next() == kTree);
  one.watch.stop();
  CHECK_FALSE(one.watch.is_running());
  one.watch.watch(kTree);
  CHECK_FALSE(one.watch.is_running());
}

TEST_CASE("watch: more than the limit is refused by name") {
  Watching one;
  for (std::size_t at = 0; at < ChangeWatch::kMaxWatched; ++at) {
    one.watch.watch(kTree + "?project=" + std::to_string(at));
  }
  CHECK_THROWS_AS(one.watch.watch(kTree), sdk::Error);
  CHECK_NOTHROW(one.watch.watch(kTree + "?project=0"));
  one.watch.forget(kTree + "?project=0");
  CHECK_NOTHROW(one.watch.watch(kTree));
}

TEST_CASE("sight: nothing outside the roots is looked at or watched") {
  const TemporaryDirectory outside;
  outside.write("uv.lock", "version = 1\n");
  const TemporaryDirectory root;
  REQUIRE(::symlink(outside.path().c_str(), (root.path() + "/link").c_str()) == 0);
  Settings settings;
  settings.roots = {root.path()};
  for (const std::string& project :
       {std::string(".."), std::string("link"), outside.path(), std::string("missing")}) {
    const Sight sight = sight_of(settings, std::string{kTree}.append("?project=").append(project));
    CHECK(sight.directories.empty());
    CHECK(sight.look.empty());
  }
  REQUIRE(::symlink(outside.path().c_str(), (root.path() + "/.venv").c_str()) == 0);
  const Sight sight = sight_of(settings, kInstalled);
  CHECK(sight.directories == std::vector<std::string>{root.path()});
}
