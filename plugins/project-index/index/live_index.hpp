// SPDX-License-Identifier: Apache-2.0
// The one implementation of ProjectIndex: keeps the newest snapshot and makes the next from it.
#pragma once

#include "files/list_files.hpp"
#include "index/index_store.hpp"
#include "index/one_at_a_time.hpp"
#include "index/overlay.hpp"
#include "index/project_index.hpp"
#include "index/source_reading.hpp"
#include "index/tree_changes.hpp"
#include "watch/tree_watch.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace toolpost::project_index {

class LiveIndex final : public ProjectIndex {
 public:
  LiveIndex(RootDirectory root, IndexSettings settings);
  ~LiveIndex() override;

  Checked<SnapshotPointer> snapshot(const StopToken& stop, const Progress& progress) override;
  Checked<SnapshotPointer> up_to_date(const StopToken& stop, const Progress& progress) override;
  Checked<SnapshotPointer> listing(const StopToken& stop, const Progress& progress) override;
  SnapshotPointer current() const override;
  SnapshotPointer vouched_for(const StopToken& stop) override;
  Checked<SnapshotPointer> refresh(const StopToken& stop, const Progress& progress) override;

  std::uint64_t looks() const override { return looks_; }

  void on_update(std::function<void(const std::vector<std::string>& changed)> function) override;

  const RootDirectory& root() const noexcept override { return root_; }

 private:
  using Clock = std::chrono::steady_clock;

  // Whether an index that is far behind is made anew, or only what is there is listed.
  enum class ManyChanges : bool { kIndexed, kListed };

  // What was on disk, if it was of use.
  struct Loaded {
    std::shared_ptr<const IndexFile> index;
    SnapshotFacts facts;
  };

  SnapshotFacts first_facts() const;
  void publish(SnapshotPointer snapshot, const std::vector<std::string>& changed);
  void complain(const std::string& sentence) const;

  // All below: by the thread whose turn it is.
  Checked<SnapshotPointer> sweep(const StopToken& stop, const Progress& progress);
  Checked<SnapshotPointer> sweep_from(Loaded loaded, ManyChanges many, const StopToken& stop,
                                      const Progress& progress);
  Checked<SnapshotPointer> take_in_all(const FileList& list, Loaded loaded, ManyChanges many,
                                       const StopToken& stop, const Progress& progress);
  Loaded load();
  bool open_store();
  Checked<SnapshotPointer> take_in(const Snapshot& known, const FileList& list, ManyChanges many,
                                   const StopToken& stop, const Progress& progress);
  Checked<SnapshotPointer> rebuild(const std::shared_ptr<const IndexFile>& earlier,
                                   const FileList& list, SnapshotFacts facts, const StopToken& stop,
                                   const Progress& progress);
  Checked<std::shared_ptr<const IndexFile>> kept(const Sections& sections);
  std::vector<Overlay::File> read(const std::vector<ListedFile>& files, SnapshotFacts& facts,
                                  Settling settling, const StopToken& stop);
  Checked<SnapshotPointer> overlaid(const Snapshot& known, const TreeChanges& changes,
                                    SnapshotFacts facts, Settling settling, const StopToken& stop);
  // True when there are directories that were not watched before.
  bool watch(const std::vector<std::string>& directories);
  std::unique_ptr<TreeWatch> make_watch();
  Progress shared(const Progress& progress);
  // Not everything that changes here is told, and the last look was a while ago. Any thread.
  bool is_stale() const;

  // By the watch's thread.
  void look_at(const std::vector<std::string>& paths);
  void sweep_by_itself();
  std::optional<TreeChanges> changes_of(const Snapshot& known,
                                        const std::vector<std::string>& paths) const;

  const RootDirectory root_;
  const IndexSettings settings_;
  const IndexIdentity identity_;
  std::unique_ptr<IndexStore> store_;  // of the thread whose turn it is, as what follows
  bool has_complained_of_store_ = false;
  OneAtATime turns_;
  StopToken ends_;  // stopped by the destructor

  bool is_watched_ = false;  // of the thread whose turn it is
  // The first index is made of all files, or of many that have changed.
  std::atomic<bool> first_takes_long_{false};
  std::atomic<bool> is_blind_{false};  // it should be watched, and is not, or not well enough
  std::atomic<Clock::rep> trusted_until_{0};
  std::atomic<std::uint64_t> looks_{0};
  std::atomic<bool> has_missed_changes_{false};  // until the next sweep that ends well

  mutable std::mutex mutex_;
  SnapshotPointer current_;
  std::function<void(const std::vector<std::string>&)> on_update_;

  // Last: it ends first. Null when nothing is to be watched.
  const std::unique_ptr<TreeWatch> watch_;
};

}  // namespace toolpost::project_index
