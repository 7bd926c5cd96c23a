// SPDX-License-Identifier: Apache-2.0
// The index of one root. Owns the root's descriptor, the newest snapshot, the file on disk and the
// watch. Any thread may call it; destroying it ends the watch and what that is doing.
#pragma once

#include "checked.hpp"
#include "files/file_list.hpp"
#include "files/root_directory.hpp"
#include "files/stop_token.hpp"
#include "index/progress.hpp"
#include "index/snapshot.hpp"
#include "symbols/symbol_source.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace toolpost::project_index {

struct IndexSettings {
  std::string
      directory;  // where index files are kept, mode 0700, made if absent; empty: memory only
  WalkRules rules;
  std::shared_ptr<SymbolSource> symbols;  // may be null: an index without symbols
  std::string symbols_version;            // an index made with another parser is made again
  unsigned threads = 2;
  bool watches = true;
  // The tree changes without an event: what is known counts for `trusted_for` and ten times as long
  // as the last look took, whichever is longer, and then whoever asks has all looked at again. True
  // of network file systems without being said.
  bool is_changed_elsewhere = false;
  std::chrono::milliseconds trusted_for{1000};
  std::chrono::milliseconds longest_catch_up{1000};  // of up_to_date()
  std::function<void(const std::string&)> complain;  // one sentence for the log; may be empty
};

class ProjectIndex {
 public:
  static Checked<std::unique_ptr<ProjectIndex>> open(const std::string& root,
                                                     IndexSettings settings);
  virtual ~ProjectIndex() = default;

  using SnapshotPointer = std::shared_ptr<const Snapshot>;

  // The newest. At the first call it is loaded and brought up to date, or built; callers that come
  // meanwhile wait for the same work. Where nothing is to be watched it is as new as the last
  // refresh.
  virtual Checked<SnapshotPointer> snapshot(const StopToken& stop, const Progress& progress) = 0;

  // As snapshot(), and what the watch has seen until now is in it: who writes a file and then asks
  // finds what was written. Where taking it in is long work, what is there after longest_catch_up.
  // Not from inside on_update's function.
  virtual Checked<SnapshotPointer> up_to_date(const StopToken& stop, const Progress& progress) = 0;

  // As up_to_date() where there is an index. Before the first is made, which takes as long as
  // reading and parsing every file, and where the one on disk is far behind: what a walk lists now,
  // see listed_snapshot.hpp. Makes no index; that is for who asks for a snapshot().
  virtual Checked<SnapshotPointer> listing(const StopToken& stop, const Progress& progress) = 0;

  // The newest one that is known, as it is; null before the first.
  virtual SnapshotPointer current() const = 0;

  // The newest one, with all in it that changed until now and that a watch can tell; null where the
  // watch may have missed some of it, cannot name it within longest_catch_up, or where files that
  // went make room for others. Not from inside on_update's function.
  virtual SnapshotPointer vouched_for(const StopToken& stop) = 0;

  // Looks at every file's stamp now and takes in what changed. Not even a watch that has missed
  // nothing makes it shorter: what another machine writes, what is written through a mapping or to
  // another name of the same file, what is mounted, and rules outside of the root come without an
  // event, and this is how one makes sure.
  virtual Checked<SnapshotPointer> refresh(const StopToken& stop, const Progress& progress) = 0;

  // How often every file was looked at, by whomever.
  virtual std::uint64_t looks() const = 0;

  // Called after a change was taken in, with the paths that appeared, changed or went (relative),
  // on the thread that took it in; replaces the function before it. It may ask for the snapshot,
  // not for a refresh.
  virtual void on_update(std::function<void(const std::vector<std::string>& changed)> function) = 0;

  virtual const RootDirectory& root() const noexcept = 0;
};

}  // namespace toolpost::project_index
