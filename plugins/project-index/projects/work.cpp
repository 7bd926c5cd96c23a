// SPDX-License-Identifier: Apache-2.0
#include "projects/work.hpp"

#include "index/listed_snapshot.hpp"
#include "projects/project_place.hpp"

#include <toolpost/error.hpp>
#include <toolpost/policy.hpp>

namespace toolpost::project_index {

Work::Work(Services& services, const sdk::Call& call)
    : services_(services), call_(call), running_(services.running) {
  call.on_cancel([token = running_.token()]() mutable { token.stop(); });
}

std::string Work::judged(const Checked<std::string>& path) const {
  if (!path) throw sdk::Error(sdk::Status::kNotFound, path.refusal().text);
  const auto verdict = sdk::Policy(call_).check_project(*path);
  if (!verdict.is_allowed()) throw sdk::Error(sdk::Status::kDenied, verdict.text());
  return *path;
}

std::string Work::project(std::string_view argument) const {
  return judged(find_project(services_.settings, argument));
}

std::string Work::in_workspace(std::string_view argument) const {
  return judged(find_in_workspace(services_.settings, argument));
}

bool Work::may_use(const std::string& path) const {
  return sdk::Policy(call_).check_project(path).is_allowed();
}

std::shared_ptr<OpenProject> Work::opened(std::string_view project_argument) const {
  auto project = services_.projects.get(this->project(project_argument));
  if (!project) throw sdk::Error(sdk::Status::kState, project.refusal().text);
  return *project;
}

View Work::view_of(const std::shared_ptr<OpenProject>& project,
                   const Checked<ProjectIndex::SnapshotPointer>& snapshot) const {
  if (stop().is_stopped()) throw sdk::Error(sdk::Status::kCancelled, "the call was ended");
  if (!snapshot) throw sdk::Error(sdk::Status::kState, snapshot.refusal().text);
  std::shared_ptr<const IndexingAfterwards> afterwards;
  if (!(*snapshot)->facts().is_indexed)
    afterwards = std::make_shared<const IndexingAfterwards>(services_.indexing, project, stop());
  return {services_.settings, project, *snapshot, stop(), progress(), std::move(afterwards)};
}

Checked<ProjectIndex::SnapshotPointer> Work::snapshot_of(ProjectIndex& index, Needs needs) const {
  if (needs == Needs::kIndex) return index.up_to_date(stop(), progress());
  if (needs == Needs::kListing) return index.listing(stop(), progress());
  if (auto known = index.current()) return known;
  return listed_snapshot({}, {});
}

View Work::view(std::string_view project_argument, Needs needs) const {
  const auto project = opened(project_argument);
  return view_of(project, snapshot_of(project->index(), needs));
}

View Work::looked_at(std::string_view project_argument) const {
  const auto project = opened(project_argument);
  return view_of(project, project->index().refresh(stop(), progress()));
}

Refreshed Work::refreshed(std::string_view project_argument, Looks looks) const {
  const auto project = opened(project_argument);
  auto done = bring_up_to_date(project->index(), looks, stop(), progress());
  if (!done.ok()) return {view_of(project, done.refusal()), nullptr, false};
  return {view_of(project, std::move(done->now)), std::move(done->before),
          done->looked_at_every_file};
}

Progress Work::progress() const {
  return [this](std::uint64_t done, std::uint64_t total, std::string_view what) {
    call_.progress(static_cast<double>(done), static_cast<double>(total), what);
  };
}

}  // namespace toolpost::project_index
