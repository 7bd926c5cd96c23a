// SPDX-License-Identifier: Apache-2.0
#include "projects/open_projects.hpp"

#include "projects/snapshot_files.hpp"

#include <algorithm>
#include <sys/stat.h>

namespace toolpost::project_index {

namespace {

bool is_still_there(const OpenProject& project) {
  struct stat status {};

  return ::stat(project.path().c_str(), &status) == 0 && status.st_dev == project.root().device() &&
         status.st_ino == project.root().inode();
}

}  // namespace

std::shared_ptr<const ProjectFacts> OpenProject::facts(const Snapshot& snapshot,
                                                       const StopToken& stop) {
  const std::uint64_t generation = snapshot.facts().generation;
  const bool is_kept = snapshot.facts().is_indexed;  // another listing has the same generation
  if (is_kept) {
    const std::lock_guard lock(mutex_);
    if (facts_ && facts_generation_ == generation) return facts_;
  }
  auto facts =
      std::make_shared<const ProjectFacts>(facts_of(SnapshotFiles(snapshot, root()), stop));
  if (is_kept && !stop.is_stopped()) {
    const std::lock_guard lock(mutex_);
    facts_ = facts;
    facts_generation_ = generation;
  }
  return facts;
}

Checked<std::shared_ptr<OpenProject>> OpenProjects::get(const std::string& path) {
  List closing;  // after the lock is gone: that may take a while
  const std::lock_guard lock(mutex_);
  if (is_closed_) return Refusal{"the server is stopping"};
  const auto found = std::find_if(projects_.begin(), projects_.end(),
                                  [&](const auto& one) { return one->path() == path; });
  if (found != projects_.end()) {
    if (is_still_there(**found)) {
      auto known = *found;
      projects_.splice(projects_.begin(), projects_, found);
      take_surplus(closing);
      return known;
    }
    closing.splice(closing.begin(), projects_, found);
  }
  auto opened = open_(path);
  if (!opened) return opened.refusal();
  auto made = std::make_shared<OpenProject>(path, std::move(*opened));
  projects_.push_front(made);
  take_surplus(closing);
  return made;
}

void OpenProjects::take_surplus(List& out) {
  // One that is in use, as the caller's is, would be opened a second time beside it: then there are
  // too many for a while.
  for (auto at = projects_.end(); projects_.size() > limit_ && at != projects_.begin();) {
    const auto one = std::prev(at);
    if (one->use_count() == 1)
      out.splice(out.begin(), projects_, one);
    else
      at = one;
  }
}

void OpenProjects::close() {
  List closing;
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  closing.swap(projects_);
}

}  // namespace toolpost::project_index
