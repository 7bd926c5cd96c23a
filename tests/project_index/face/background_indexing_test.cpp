// SPDX-License-Identifier: Apache-2.0
#include "projects/background_indexing.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>

namespace toolpost::project_index {

namespace {

using test::TemporaryTree;

// Says who was asked for, and may take until it is stopped.
struct Asked {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> paths;
  bool lasts = false;

  void add(const std::string& path) {
    const std::lock_guard guard(mutex);
    paths.push_back(path);
    changed.notify_all();
  }

  std::vector<std::string> first(std::size_t count) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::chrono::seconds(30), [&] { return paths.size() >= count; });
    return paths;
  }
};

class AskedIndex final : public ProjectIndex {
 public:
  AskedIndex(RootDirectory root, Asked& asked) : root_(std::move(root)), asked_(asked) {}

  Checked<SnapshotPointer> snapshot(const StopToken& stop, const Progress&) override {
    asked_.add(root_.path());
    while (asked_.lasts && !stop.is_stopped()) std::this_thread::yield();
    return Refusal{"it is made of nothing"};
  }

  Checked<SnapshotPointer> up_to_date(const StopToken& stop, const Progress& progress) override {
    return snapshot(stop, progress);
  }

  Checked<SnapshotPointer> listing(const StopToken& stop, const Progress& progress) override {
    return snapshot(stop, progress);
  }

  Checked<SnapshotPointer> refresh(const StopToken& stop, const Progress& progress) override {
    return snapshot(stop, progress);
  }

  void on_update(std::function<void(const std::vector<std::string>&)>) override {}

  const RootDirectory& root() const noexcept override { return root_; }

 private:
  RootDirectory root_;
  Asked& asked_;
};

std::shared_ptr<OpenProject> project(const TemporaryTree& tree, Asked& asked, const char* name) {
  tree.directory(name);
  auto root = RootDirectory::open(tree.path(name));
  REQUIRE(root);
  return std::make_shared<OpenProject>(tree.path(name),
                                       std::make_unique<AskedIndex>(std::move(*root), asked));
}

}  // namespace

TEST_CASE("background indexing: each project in its turn, and what fails is said") {
  const TemporaryTree tree;
  Asked asked;
  Asked complaints;
  BackgroundIndexing indexing([&](const std::string& sentence) { complaints.add(sentence); });
  indexing.add(project(tree, asked, "a"));
  indexing.add(project(tree, asked, "b"));
  CHECK(asked.first(2) == std::vector<std::string>{tree.path("a"), tree.path("b")});
  CHECK(complaints.first(2) ==
        std::vector<std::string>{
            "the index of " + tree.path("a") + " could not be made: it is made of nothing",
            "the index of " + tree.path("b") + " could not be made: it is made of nothing"});
}

TEST_CASE("background indexing: what waits is there once, and a stop ends all of it") {
  const TemporaryTree tree;
  Asked asked;
  Asked complaints;
  asked.lasts = true;
  BackgroundIndexing indexing([&](const std::string& sentence) { complaints.add(sentence); });
  indexing.add(project(tree, asked, "a"));
  CHECK(asked.first(1).size() == 1);
  const auto second = project(tree, asked, "b");
  indexing.add(second);
  indexing.add(second);
  CHECK(second.use_count() == 2);
  indexing.stop();
  CHECK(second.use_count() == 1);
  indexing.add(second);
  CHECK(second.use_count() == 1);
  CHECK(asked.paths.size() == 1);
  CHECK(complaints.paths.empty());
}

TEST_CASE("background indexing: of many that wait the first are forgotten") {
  const TemporaryTree tree;
  Asked asked;
  asked.lasts = true;
  BackgroundIndexing indexing({});
  indexing.add(project(tree, asked, "first"));
  CHECK(asked.first(1).size() == 1);
  std::vector<std::shared_ptr<OpenProject>> projects;
  for (int number = 0; number < 20; ++number) {
    projects.push_back(project(tree, asked, std::to_string(number).c_str()));
    indexing.add(projects.back());
  }
  CHECK(projects[3].use_count() == 1);
  CHECK(projects[4].use_count() == 2);
  CHECK(projects[19].use_count() == 2);
}

TEST_CASE(
    "background indexing: it begins when the caller is done, and not for one that was stopped") {
  const TemporaryTree tree;
  Asked asked;
  BackgroundIndexing indexing({});
  {
    const IndexingAfterwards afterwards(indexing, project(tree, asked, "a"), StopToken());
    StopToken stop;
    const IndexingAfterwards stopped(indexing, project(tree, asked, "b"), stop);
    stop.stop();
    CHECK(asked.paths.empty());
  }
  CHECK(asked.first(1) == std::vector<std::string>{tree.path("a")});
  indexing.stop();
  CHECK(asked.paths.size() == 1);
}

}  // namespace toolpost::project_index
