// SPDX-License-Identifier: Apache-2.0
#include "files/tree_walk.hpp"

#include "files/relative_path.hpp"
#include "files/stat_stamp.hpp"
#include "files/walk_entry.hpp"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <exception>
#include <fcntl.h>
#include <utility>

namespace toolpost::project_index {

namespace {

// The clock is asked once for so many entries.
constexpr std::uint32_t kEntriesPerLook = 128;

RuleFiles rule_files_among(const DirectoryReading& reading) {
  RuleFiles seen;
  reading.each([&](const DirectoryEntry& entry) {
    if (entry.text.front() != '.') return;
    seen.git_rules |= entry.text == ".gitignore";
    seen.toolpost_rules |= entry.text == ".toolpostignore";
    seen.repository |= entry.text == ".git";
  });
  return seen;
}

void add_up(WalkCounts& sum, const WalkCounts& part) {
  sum.files += part.files;
  sum.directories += part.directories;
  sum.bytes += part.bytes;
  sum.ignored += part.ignored;
  sum.secret += part.secret;
  sum.special += part.special;
  sum.unreadable += part.unreadable;
  sum.huge += part.huge;
  sum.too_deep += part.too_deep;
  sum.repositories += part.repositories;
}

// A directory sorts as its content does: with a slash behind its name.
bool comes_before(const WalkNode::Entry& left, const WalkNode::Entry& right) {
  const std::size_t common = std::min(left.name.size(), right.name.size());
  const int order = left.name.compare(0, common, right.name, 0, common);
  if (order != 0) return order < 0;
  const auto next = [common](const WalkNode::Entry& entry) {
    if (entry.name.size() > common)
      return static_cast<int>(static_cast<unsigned char>(entry.name[common]));
    return entry.directory != nullptr ? int{'/'} : -1;
  };
  return next(left) < next(right);
}

// Empties the tree into a list, depth first.
class Collector {
 public:
  explicit Collector(FileList& out) : out_(out) {}

  void collect(WalkNode& node) {
    if (!node.was_read) return;
    out_.directories.push_back(path_);
    const std::size_t length = path_.size();
    if (length > 0) path_ += '/';
    for (WalkNode::Entry& entry : node.entries) {
      const std::size_t before = path_.size();
      path_ += entry.name;
      if (entry.directory != nullptr) {
        collect(*entry.directory);
        entry.directory.reset();
      } else {
        out_.files.push_back({path_, entry.stamp, entry.is_huge});
      }
      path_.resize(before);
    }
    path_.resize(length);
  }

 private:
  FileList& out_;
  std::string path_;
};

}  // namespace

TreeWalk::TreeWalk(const WalkScope& scope, const WalkRules& rules, const StopToken& stop,
                   Files files)
    : scope_(scope),
      rules_(rules),
      stop_(stop),
      asked_of_files_(files),
      end_(std::chrono::steady_clock::now() + rules.max_time) {
  tasks_.reserve(256);
  open_tasks_ = 1;  // the root, so that other workers wait for its directories
}

template <class Work>
void TreeWalk::guard(Work&& work) noexcept {
  try {
    work();
  } catch (const std::exception& error) {
    fail(error.what());
  } catch (...) {
    fail("unknown");
  }
}

// The tasks of the worker that failed are lost, so nobody may wait for them.
void TreeWalk::fail(const char* why) noexcept {
  const std::lock_guard lock(mutex_);
  has_failed_ = true;
  is_over_ = true;
  try {
    if (stopped_by_.empty()) stopped_by_ = std::string("an error of the walk: ") + why;
  } catch (...) {
    stopped_by_ = "no memory";  // short enough to need none
  }
  changed_.notify_all();
}

void TreeWalk::work(WalkDirectory root) noexcept {
  guard([&] {
    auto worker = std::make_unique<Worker>();
    read(*worker, std::move(root), root_);
    give(worker->found);
    finish_one();
    run(*worker);
  });
}

void TreeWalk::work() noexcept {
  guard([&] { run(*std::make_unique<Worker>()); });
}

void TreeWalk::run(Worker& worker) {
  for (Task task; next(task);) {
    go_into(worker, task);
    task = {};
    give(worker.found);
    finish_one();
  }
  const std::lock_guard lock(mutex_);
  add_up(counts_, worker.counts);
}

bool TreeWalk::next(Task& task) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !tasks_.empty() || open_tasks_ == 0 || has_failed_; });
  if (tasks_.empty() || has_failed_) return false;
  // The newest: few directories are open at a time.
  task = std::move(tasks_.back());
  tasks_.pop_back();
  return true;
}

void TreeWalk::give(std::vector<Task>& tasks) {
  if (tasks.empty()) return;
  const std::lock_guard lock(mutex_);
  open_tasks_ += tasks.size();
  std::move(tasks.begin(), tasks.end(), std::back_inserter(tasks_));
  tasks.clear();
  changed_.notify_all();
}

void TreeWalk::finish_one() {
  const std::lock_guard lock(mutex_);
  if (--open_tasks_ == 0) changed_.notify_all();
}

void TreeWalk::run_out(const std::string& budget) {
  const std::lock_guard lock(mutex_);
  if (stopped_by_.empty()) stopped_by_ = budget;
  is_over_ = true;
}

bool TreeWalk::may_go_on(Worker& worker) {
  if (is_over_.load(std::memory_order_relaxed) || stop_.is_stopped()) return false;
  if (worker.entries++ % kEntriesPerLook != 0) return true;
  if (std::chrono::steady_clock::now() < end_) return true;
  run_out("the walk took longer than " + std::to_string(rules_.max_time.count()) + " ms");
  return false;
}

void TreeWalk::count_failure(Worker& worker) {
  if (errno == EMFILE || errno == ENFILE) {
    run_out("this process may not open any more files");
  } else if (errno == EXDEV || errno == ELOOP || errno == ENOTDIR) {
    ++worker.counts.special;  // a mount point, or no longer a directory
  } else if (errno != ENOENT) {
    ++worker.counts.unreadable;
  }
}

void TreeWalk::go_into(Worker& worker, const Task& task) {
  if (!may_go_on(worker)) return;
  WalkDirectory directory = scope_.enter(*task.parent, task.name);
  if (!directory.fd.valid()) {
    count_failure(worker);
    return;
  }
  read(worker, std::move(directory), *task.node);
}

void TreeWalk::read(Worker& worker, WalkDirectory directory, WalkNode& node) {
  auto filled = worker.reading.fill(directory.fd.get());
  if (filled == DirectoryReading::Filled::kFailed) {
    count_failure(worker);
    return;
  }
  // In a directory that does not fit into the buffer they may come later.
  const RuleFiles seen = filled == DirectoryReading::Filled::kAll ? rule_files_among(worker.reading)
                                                                  : RuleFiles{true, true, true};
  node.was_read = true;
  if (!scope_.read_rules(directory, seen)) {
    ++worker.counts.repositories;
    return;
  }
  ++worker.counts.directories;
  const auto shared = std::make_shared<const WalkDirectory>(std::move(directory));
  while (add_entries(worker, shared, node) && filled == DirectoryReading::Filled::kPart) {
    filled = worker.reading.fill(shared->fd.get());
    if (filled != DirectoryReading::Filled::kFailed) continue;
    count_failure(worker);
    break;
  }
  std::sort(node.entries.begin(), node.entries.end(), comes_before);
}

bool TreeWalk::add_entries(Worker& worker, const std::shared_ptr<const WalkDirectory>& directory,
                           WalkNode& node) {
  bool goes_on = true;
  worker.reading.each([&](const DirectoryEntry& entry) {
    if (!WalkScope::is_entry(entry.text)) return;
    goes_on = goes_on && may_go_on(worker);
    if (goes_on) add_entry(worker, directory, node, entry);
  });
  return goes_on;
}

void TreeWalk::add_entry(Worker& worker, const std::shared_ptr<const WalkDirectory>& directory,
                         WalkNode& node, const DirectoryEntry& entry) {
  const unsigned char type = type_of(directory->fd.get(), entry);
  if (type == DT_UNKNOWN) {
    ++worker.counts.unreadable;
    return;
  }
  if (type != DT_DIR && type != DT_REG) {
    ++worker.counts.special;
    return;
  }
  switch (scope_.place_of(*directory, entry.text, type == DT_DIR)) {
    case Place::kSecret:
      ++worker.counts.secret;
      return;
    case Place::kIgnored:
      ++worker.counts.ignored;
      return;
    case Place::kListed:
      break;
  }
  if (directory->path.size() + 1 + entry.text.size() > kMaxPath ||
      (type == DT_DIR && !scope_.may_enter_below(*directory))) {
    ++worker.counts.too_deep;
  } else if (type == DT_DIR) {
    auto child = std::make_unique<WalkNode>();
    worker.found.push_back({directory, std::string(entry.text), child.get()});
    node.entries.push_back({std::string(entry.text), {}, false, std::move(child)});
  } else {
    add_file(worker, *directory, node, entry);
  }
}

// False: there is no such file any more, or it has been counted as what else it is.
bool TreeWalk::take_stamp(Worker& worker, const WalkDirectory& directory,
                          const DirectoryEntry& entry, FileStamp& stamp) {
  switch (look_at(directory.fd.get(), entry.name, stamp)) {
    case Look::kRegular:
      return true;
    case Look::kOther:
      ++worker.counts.special;
      return false;
    case Look::kGone:
      return false;
    case Look::kFailed:
      ++worker.counts.unreadable;
      return false;
  }
  return false;
}

void TreeWalk::add_file(Worker& worker, const WalkDirectory& directory, WalkNode& node,
                        const DirectoryEntry& entry) {
  FileStamp stamp;
  if (asked_of_files_ == Files::kLookedAt && !take_stamp(worker, directory, entry, stamp)) return;
  if (files_.fetch_add(1, std::memory_order_relaxed) >= rules_.max_files) {
    run_out("there are more than " + std::to_string(rules_.max_files) + " files");
    return;
  }
  const bool is_huge = stamp.size > rules_.max_file_bytes;
  if (!is_huge) {
    const std::uint64_t before = bytes_.fetch_add(stamp.size, std::memory_order_relaxed);
    if (before + stamp.size > rules_.max_bytes) {
      run_out("the files have more than " + std::to_string(rules_.max_bytes) + " bytes");
      return;
    }
    worker.counts.bytes += stamp.size;
  }
  worker.counts.huge += is_huge ? 1 : 0;
  ++worker.counts.files;
  node.entries.push_back({std::string(entry.text), stamp, is_huge, nullptr});
}

FileList TreeWalk::take() {
  FileList out;
  out.counts = counts_;
  out.stopped_by = stopped_by_;
  out.files.reserve(counts_.files);
  out.directories.reserve(counts_.directories);
  Collector(out).collect(root_);
  std::sort(out.directories.begin(), out.directories.end());
  return out;
}

}  // namespace toolpost::project_index
