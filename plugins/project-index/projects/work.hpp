// SPDX-License-Identifier: Apache-2.0
// One call, from the project that it names to the snapshot that it looks at: found, judged by the
// host's rules, opened. Ends early with the call, and with the plugin.
#pragma once

#include "index/bring_up_to_date.hpp"
#include "services.hpp"

#include <toolpost/call.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace toolpost::project_index {

// What a document or a result is made from. Immutable, but for the facts that are made at the first
// use.
class View {
 public:
  View(const Settings& settings, std::shared_ptr<OpenProject> project,
       std::shared_ptr<const Snapshot> snapshot, StopToken stop, Progress progress = {},
       std::shared_ptr<const IndexingAfterwards> afterwards = {})
      : settings_(settings),
        project_(std::move(project)),
        snapshot_(std::move(snapshot)),
        stop_(std::move(stop)),
        progress_(std::move(progress)),
        afterwards_(std::move(afterwards)) {}

  const Settings& settings() const noexcept { return settings_; }

  const std::string& path() const noexcept { return project_->path(); }

  const RootDirectory& root() const noexcept { return project_->root(); }

  const Snapshot& snapshot() const noexcept { return *snapshot_; }

  const StopToken& stop() const noexcept { return stop_; }

  const Progress& progress() const noexcept { return progress_; }

  std::shared_ptr<const ProjectFacts> facts() const { return project_->facts(*snapshot_, stop_); }

 private:
  const Settings& settings_;
  std::shared_ptr<OpenProject> project_;
  std::shared_ptr<const Snapshot> snapshot_;
  StopToken stop_;
  Progress progress_;
  std::shared_ptr<const IndexingAfterwards> afterwards_;  // where there is no index yet
};

// What a question has to know of the project.
enum class Needs : std::uint8_t {
  kPlace,    // no more than where it is: of the snapshot nothing is asked
  kListing,  // the names of its files; symbols and counted lines play no part
  kIndex,
};

// What a project was brought up to date from, and how.
struct Refreshed {
  View view;
  std::shared_ptr<const Snapshot> before;
  bool looked_at_every_file;
};

class Work {
 public:
  // Both outlive it.
  Work(Services& services, const sdk::Call& call);

  // The functions below throw sdk::Error: kNotFound for what is no directory below a root, kDenied
  // for what the host's rules deny to the caller, kState where it can't be read, kCancelled.
  std::string project(std::string_view argument) const;
  std::string in_workspace(std::string_view argument) const;
  bool may_use(const std::string& path) const;

  // Where there is no index yet and none is needed, it is made once the view is gone.
  View view(std::string_view project_argument, Needs needs = Needs::kIndex) const;

  // As view(), after looking at every file's stamp.
  View looked_at(std::string_view project_argument) const;

  // As view(), with all that changed until now.
  Refreshed refreshed(std::string_view project_argument, Looks looks) const;

  const StopToken& stop() const noexcept { return running_.token(); }

  Progress progress() const;

 private:
  std::string judged(const Checked<std::string>& path) const;
  View view_of(const std::shared_ptr<OpenProject>& project,
               const Checked<ProjectIndex::SnapshotPointer>& snapshot) const;
  Checked<ProjectIndex::SnapshotPointer> snapshot_of(ProjectIndex& index, Needs needs) const;
  std::shared_ptr<OpenProject> opened(std::string_view project_argument) const;

  Services& services_;
  const sdk::Call& call_;
  RunningWork::Entry running_;
};

}  // namespace toolpost::project_index
