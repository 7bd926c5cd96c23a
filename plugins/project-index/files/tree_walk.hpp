// SPDX-License-Identifier: Apache-2.0
// The walk itself: workers take directories from one stack and leave what they find in a tree.
#pragma once

#include "files/directory_reading.hpp"
#include "files/stop_token.hpp"
#include "files/walk_scope.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

// A directory that was gone through, or is about to be.
struct WalkNode {
  struct Entry {
    std::string name;
    FileStamp stamp;
    bool is_huge = false;
    std::unique_ptr<WalkNode> directory;  // none: a file
  };

  std::vector<Entry> entries;  // in the order of the paths that they give
  bool was_read = false;
};

// Used once: work() from as many threads as are wanted, then the results, when all have returned.
// No exception leaves a worker: one ends the walk like a budget that ran out.
class TreeWalk {
 public:
  enum class Files : bool {
    kNamed,     // by the directory alone: without a stamp
    kLookedAt,  // one by one
  };

  TreeWalk(const WalkScope& scope, const WalkRules& rules, const StopToken& stop, Files files);

  void work(WalkDirectory root) noexcept;  // the first worker
  void work() noexcept;                    // the others, at any time

  bool was_stopped() const { return stop_.is_stopped(); }

  // Empties the tree.
  FileList take();

 private:
  struct Task {
    std::shared_ptr<const WalkDirectory> parent;
    std::string name;
    WalkNode* node;
  };

  struct Worker {
    DirectoryReading reading;
    WalkCounts counts;
    std::vector<Task> found;  // directories to go into
    std::uint32_t entries = 0;
  };

  template <class Work>
  void guard(Work&& work) noexcept;
  void fail(const char* why) noexcept;
  void run(Worker& worker);
  bool next(Task& task);
  void give(std::vector<Task>& tasks);
  void finish_one();
  void go_into(Worker& worker, const Task& task);
  void read(Worker& worker, WalkDirectory directory, WalkNode& node);
  bool add_entries(Worker& worker, const std::shared_ptr<const WalkDirectory>& directory,
                   WalkNode& node);
  void add_entry(Worker& worker, const std::shared_ptr<const WalkDirectory>& directory,
                 WalkNode& node, const DirectoryEntry& entry);
  void add_file(Worker& worker, const WalkDirectory& directory, WalkNode& node,
                const DirectoryEntry& entry);
  static bool take_stamp(Worker& worker, const WalkDirectory& directory,
                         const DirectoryEntry& entry, FileStamp& stamp);
  bool may_go_on(Worker& worker);
  void run_out(const std::string& budget);
  void count_failure(Worker& worker);

  const WalkScope& scope_;
  const WalkRules& rules_;
  const StopToken& stop_;
  const Files asked_of_files_;
  std::chrono::steady_clock::time_point end_;
  WalkNode root_;

  std::mutex mutex_;  // guards the members below
  std::condition_variable changed_;
  std::vector<Task> tasks_;
  std::size_t open_tasks_ = 0;  // in tasks_ or in a worker's hands
  WalkCounts counts_;
  std::string stopped_by_;
  bool has_failed_ = false;

  std::atomic<bool> is_over_{false};
  std::atomic<std::uint64_t> files_{0};
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace toolpost::project_index
