// SPDX-License-Identifier: Apache-2.0
// Subscribers, without a host around them.
#include "resources/subscriptions.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <utility>

namespace toolpost::project_index {

namespace {

using test::TemporaryTree;

Settings settings_for(const std::string& root) {
  Settings settings;
  settings.project_root = settings.workspace_root = root;
  settings.roots = {root};
  return settings;
}

OpenProjects::Open changed_elsewhere() {
  return [](const std::string& path) {
    IndexSettings settings;
    settings.rules.use_git_excludes = false;
    settings.is_changed_elsewhere = true;
    settings.trusted_for = std::chrono::milliseconds(0);
    return ProjectIndex::open(path, std::move(settings));
  };
}

// What was told, for whoever waits for it.
class Told {
 public:
  void add(const std::string& text) {
    const std::lock_guard guard(mutex_);
    texts_.push_back(text);
    changed_.notify_all();
  }

  std::vector<std::string> first() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(30), [this] { return !texts_.empty(); });
    return texts_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> texts_;
};

}  // namespace

TEST_CASE("subscriptions: a change that comes without an event is told, though nobody asks") {
  const TemporaryTree tree;
  const std::string uri = "codebase://file?path=a.txt";
  tree.write("project/a.txt", "before\n");
  tree.directory("elsewhere");
  std::filesystem::create_hard_link(tree.path("project/a.txt"), tree.path("elsewhere/a.txt"));
  Services services(settings_for(tree.path("project")), changed_elsewhere(), {});
  Told told;
  Subscriptions subscriptions(services, {[&](const std::string& one) { told.add(one); },
                                         [&](const std::string& problem) { told.add(problem); }});
  subscriptions.was_read(uri, "before\n");
  subscriptions.watch(uri);
  tree.write("elsewhere/a.txt", "after, and longer\n");
  CHECK(told.first() == std::vector<std::string>{uri});
  subscriptions.stop();
}

}  // namespace toolpost::project_index
