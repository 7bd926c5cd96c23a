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
  {
    const std::lock_guard lock(mutex_);
    if (facts_ && facts_generation_ == generation) return facts_;
  }
  auto facts =
      std::make_shared<const ProjectFacts>(facts_of(SnapshotFiles(snapshot, root()), stop));
  if (!stop.is_stopped()) {
    const std::lock_guard lock(mutex_);
    facts_ = facts;
    facts_generation_ = generation;
  }
  return facts;
}

Checked<std::shared_ptr<OpenProject>> OpenProjects::get(const std::string& path) {
  std::shared_ptr<OpenProject> surplus;  // closes after the lock is gone: that may take a while
  std::shared_ptr<OpenProject> replaced;
  const std::lock_guard lock(mutex_);
  if (is_closed_) return Refusal{"the server is stopping"};
  const auto found = std::find_if(projects_.begin(), projects_.end(),
                                  [&](const auto& one) { return one->path() == path; });
  if (found != projects_.end()) {
    if (is_still_there(**found)) {
      projects_.splice(projects_.begin(), projects_, found);
      return projects_.front();
    }
    replaced = *found;
    projects_.erase(found);
  }
  auto opened = open_(path);
  if (!opened) return opened.refusal();
  projects_.push_front(std::make_shared<OpenProject>(path, std::move(*opened)));
  surplus = take_surplus();
  return projects_.front();
}

std::shared_ptr<OpenProject> OpenProjects::take_surplus() {
  if (projects_.size() <= limit_) return nullptr;
  // One that is in use would be opened a second time beside it; then one too many stays open.
  const auto idle = std::find_if(projects_.rbegin(), projects_.rend(),
                                 [](const auto& one) { return one.use_count() == 1; });
  if (idle == projects_.rend()) return nullptr;
  auto out = *idle;
  projects_.erase(std::next(idle).base());
  return out;
}

void OpenProjects::close() {
  List closing;
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  closing.swap(projects_);
}

}  // namespace toolpost::project_index
