// SPDX-License-Identifier: Apache-2.0
#include "projects/open_projects.hpp"

#include "projects/running_work.hpp"
#include "temporary_tree.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <vector>

namespace toolpost::project_index {

namespace {

using test::TemporaryTree;

// An index that knows its root and nothing else.
class FakeIndex final : public ProjectIndex {
 public:
  FakeIndex(RootDirectory root, int& open) : root_(std::move(root)), open_(open) { ++open_; }

  ~FakeIndex() override { --open_; }

  Checked<SnapshotPointer> snapshot(const StopToken&, const Progress&) override {
    return Refusal{"none"};
  }

  Checked<SnapshotPointer> up_to_date(const StopToken&, const Progress&) override {
    return Refusal{"none"};
  }

  Checked<SnapshotPointer> listing(const StopToken&, const Progress&) override {
    return Refusal{"none"};
  }

  SnapshotPointer current() const override { return nullptr; }

  SnapshotPointer vouched_for(const StopToken&) override { return nullptr; }

  std::uint64_t looks() const override { return 0; }

  Checked<SnapshotPointer> refresh(const StopToken&, const Progress&) override {
    return Refusal{"none"};
  }

  void on_update(std::function<void(const std::vector<std::string>&)>) override {}

  const RootDirectory& root() const noexcept override { return root_; }

 private:
  RootDirectory root_;
  int& open_;
};

struct Fakes {
  int open = 0;
  int made = 0;

  OpenProjects::Open opener() {
    return [this](const std::string& path) -> Checked<std::unique_ptr<ProjectIndex>> {
      auto root = RootDirectory::open(path);
      if (!root) return root.refusal();
      ++made;
      return std::unique_ptr<ProjectIndex>(std::make_unique<FakeIndex>(std::move(*root), open));
    };
  }
};

}  // namespace

TEST_CASE("open projects: the same one is opened once, the one used longest ago closes") {
  const TemporaryTree tree;
  Fakes fakes;
  OpenProjects projects(2, fakes.opener());
  const std::string a = tree.directory("a");
  const std::string b = tree.directory("b");
  REQUIRE(projects.get(a).ok());
  REQUIRE(projects.get(b).ok());
  REQUIRE(projects.get(a).ok());
  CHECK(fakes.made == 2);
  REQUIRE(projects.get(tree.directory("c")).ok());
  CHECK(fakes.open == 2);
  REQUIRE(projects.get(a).ok());
  CHECK(fakes.made == 3);
  REQUIRE(projects.get(b).ok());
  CHECK(fakes.made == 4);
}

TEST_CASE("open projects: one in use is not closed for another") {
  const TemporaryTree tree;
  Fakes fakes;
  OpenProjects projects(1, fakes.opener());
  auto held = projects.get(tree.directory("a"));
  REQUIRE(held.ok());
  const auto other = projects.get(tree.directory("b"));
  REQUIRE(other.ok());
  CHECK((*other)->path() == tree.path("b"));
  CHECK(projects.get(tree.path("a"))->get() == held->get());
  CHECK(fakes.made == 2);
}

TEST_CASE("open projects: those that were in use close once they are not") {
  const TemporaryTree tree;
  Fakes fakes;
  OpenProjects projects(1, fakes.opener());
  {
    std::vector<std::shared_ptr<OpenProject>> held;
    for (const char* name : {"a", "b", "c", "d"}) {
      held.push_back(*projects.get(tree.directory(name)));
      CHECK(held.back()->path() == tree.path(name));
    }
    CHECK(fakes.open == 4);
  }
  CHECK((*projects.get(tree.path("b")))->path() == tree.path("b"));
  CHECK(fakes.open == 1);
  CHECK(fakes.made == 4);
}

TEST_CASE("open projects: a directory that was replaced is opened anew") {
  const TemporaryTree tree;
  Fakes fakes;
  OpenProjects projects(4, fakes.opener());
  const std::string path = tree.directory("a");
  const auto before = projects.get(path);
  REQUIRE(before.ok());
  std::filesystem::rename(path, tree.path("moved"));
  CHECK_FALSE(projects.get(path).ok());
  tree.directory("a");
  const auto after = projects.get(path);
  REQUIRE(after.ok());
  CHECK((*after)->root().inode() != (*before)->root().inode());
}

TEST_CASE("open projects: after close() all are gone and none can be opened") {
  const TemporaryTree tree;
  Fakes fakes;
  OpenProjects projects(4, fakes.opener());
  REQUIRE(projects.get(tree.directory("a")).ok());
  projects.close();
  CHECK(fakes.open == 0);
  CHECK_FALSE(projects.get(tree.path("a")).ok());
}

TEST_CASE("running work: all that is under way is stopped, and what begins later at once") {
  RunningWork running;
  const RunningWork::Entry first(running);
  { const RunningWork::Entry ended(running); }
  CHECK_FALSE(first.token().is_stopped());
  running.stop();
  CHECK(first.token().is_stopped());
  const RunningWork::Entry late(running);
  CHECK(late.token().is_stopped());
}

}  // namespace toolpost::project_index
