// SPDX-License-Identifier: Apache-2.0
#include "projects/background_indexing.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>

#include <atomic>
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
  std::atomic<bool> lasts = false;

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

  SnapshotPointer current() const override { return nullptr; }

  SnapshotPointer vouched_for(const StopToken&) override { return nullptr; }

  std::uint64_t looks() const override { return 0; }

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
  const auto a = project(tree, asked, "a");
  const auto b = project(tree, asked, "b");
  BackgroundIndexing indexing([&](const std::string& sentence) { complaints.add(sentence); });
  indexing.add(a);
  indexing.add(b);
  CHECK(asked.first(2) == std::vector<std::string>{a->path(), b->path()});
  CHECK(complaints.first(2) ==
        std::vector<std::string>{
            "the index of " + a->path() + " could not be made: it is made of nothing",
            "the index of " + b->path() + " could not be made: it is made of nothing"});
}

TEST_CASE("background indexing: a stop ends what is under way and forgets what waits") {
  const TemporaryTree tree;
  Asked asked;
  Asked complaints;
  asked.lasts = true;
  const auto first = project(tree, asked, "a");
  const auto second = project(tree, asked, "b");
  BackgroundIndexing indexing([&](const std::string& sentence) { complaints.add(sentence); });
  indexing.add(first);
  CHECK(asked.first(1).size() == 1);
  indexing.add(second);
  indexing.stop();
  indexing.add(second);
  CHECK(asked.first(1).size() == 1);
  CHECK(complaints.paths.empty());
}

TEST_CASE("background indexing: it holds none open, and what waits is there once") {
  const TemporaryTree tree;
  Asked asked;
  const auto first = project(tree, asked, "first");
  const auto last = project(tree, asked, "last");
  const auto end = project(tree, asked, "end");
  auto closed = project(tree, asked, "closed");
  asked.lasts = true;
  BackgroundIndexing indexing({});
  indexing.add(first);
  CHECK(asked.first(1).size() == 1);
  indexing.add(closed);
  indexing.add(last);
  indexing.add(last);
  indexing.add(end);
  CHECK(closed.use_count() == 1);
  closed.reset();
  asked.lasts = false;
  CHECK(asked.first(3) == std::vector<std::string>{first->path(), last->path(), end->path()});
}

TEST_CASE("background indexing: of many that wait the first are forgotten") {
  const TemporaryTree tree;
  Asked asked;
  std::vector<std::shared_ptr<OpenProject>> projects;
  projects.reserve(80);
  for (int number = 0; number < 80; ++number)
    projects.push_back(project(tree, asked, std::to_string(number).c_str()));
  asked.lasts = true;
  BackgroundIndexing indexing({});
  indexing.add(projects[0]);
  CHECK(asked.first(1).size() == 1);
  for (const auto& one : projects) indexing.add(one);
  asked.lasts = false;
  const auto paths = asked.first(65);
  indexing.stop();
  REQUIRE(paths.size() == 65);
  CHECK(paths[1] == projects[16]->path());
  CHECK(paths[64] == projects[79]->path());
}

TEST_CASE("background indexing: it begins when the caller is done, and not for a stopped one") {
  const TemporaryTree tree;
  Asked asked;
  const auto a = project(tree, asked, "a");
  const auto b = project(tree, asked, "b");
  BackgroundIndexing indexing({});
  {
    const IndexingAfterwards afterwards(indexing, a, StopToken());
    StopToken stop;
    const IndexingAfterwards stopped(indexing, b, stop);
    stop.stop();
    CHECK(asked.first(0).empty());
  }
  CHECK(asked.first(1) == std::vector<std::string>{a->path()});
  indexing.stop();
  CHECK(asked.first(1).size() == 1);
}

}  // namespace toolpost::project_index
