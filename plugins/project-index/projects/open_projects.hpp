// SPDX-License-Identifier: Apache-2.0
// The projects whose index is open: a few at once, the ones used last. Any thread may ask.
#pragma once

#include "checked.hpp"
#include "ecosystems/project_facts.hpp"
#include "index/project_index.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

namespace toolpost::project_index {

// One project. Stays open as long as somebody holds it.
class OpenProject {
 public:
  OpenProject(std::string path, std::unique_ptr<ProjectIndex> index)
      : path_(std::move(path)), index_(std::move(index)) {}

  const std::string& path() const noexcept { return path_; }

  ProjectIndex& index() noexcept { return *index_; }

  const RootDirectory& root() const noexcept { return index_->root(); }

  // What manifests and locks say, read once for each generation of the index, and for each listing.
  std::shared_ptr<const ProjectFacts> facts(const Snapshot& snapshot, const StopToken& stop);

 private:
  const std::string path_;
  const std::unique_ptr<ProjectIndex> index_;
  std::mutex mutex_;  // guards what follows; nothing slow is done in it
  std::shared_ptr<const ProjectFacts> facts_;
  std::uint64_t facts_generation_ = 0;
};

class OpenProjects {
 public:
  using Open = std::function<Checked<std::unique_ptr<ProjectIndex>>(const std::string& path)>;

  OpenProjects(std::size_t limit, Open open) : limit_(limit), open_(std::move(open)) {}

  // The open one, or it is opened. One whose directory was replaced meanwhile is opened anew.
  Checked<std::shared_ptr<OpenProject>> get(const std::string& path);

  // Lets go of all; those in use close with their last user. Nothing can be opened afterwards.
  void close();

 private:
  using List = std::list<std::shared_ptr<OpenProject>>;

  // The lock is held. Moves those that have to close, so that the caller lets them go without it.
  void take_surplus(List& out);

  const std::size_t limit_;
  const Open open_;
  std::mutex mutex_;
  List projects_;  // the one used last in front
  bool is_closed_ = false;
};

}  // namespace toolpost::project_index
