// SPDX-License-Identifier: Apache-2.0
// Makes the index of projects that were asked something before they had one.
#pragma once

#include "files/stop_token.hpp"
#include "projects/open_projects.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace toolpost::project_index {

// One project at a time, on one thread, which begins with the first. Any thread may ask.
class BackgroundIndexing {
 public:
  // Gets a sentence for the log; on the thread.
  using Complain = std::function<void(const std::string&)>;

  explicit BackgroundIndexing(Complain complain) : complain_(std::move(complain)) {}

  BackgroundIndexing(const BackgroundIndexing&) = delete;
  BackgroundIndexing& operator=(const BackgroundIndexing&) = delete;

  ~BackgroundIndexing() { stop(); }

  // Once, however often it is added while it waits; not, if it is closed until then. Of many that
  // wait those asked longest ago are forgotten, and nothing is done where there is no thread to be
  // had: then the index is made by who cannot do without it.
  void add(const std::shared_ptr<OpenProject>& project) noexcept;

  // Ends what is under way; what waits is forgotten, and what is added later.
  void stop();

 private:
  void run();
  std::shared_ptr<OpenProject> next();

  const Complain complain_;
  StopToken stop_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<std::weak_ptr<OpenProject>> waiting_;
  bool is_stopped_ = false;
  std::thread thread_;
};

// Adds the project when it goes, unless the call was stopped, which leaves no work behind: until
// then the machine is the caller's.
class IndexingAfterwards {
 public:
  IndexingAfterwards(BackgroundIndexing& indexing, std::shared_ptr<OpenProject> project,
                     StopToken stop)
      : indexing_(indexing), project_(std::move(project)), stop_(std::move(stop)) {}

  IndexingAfterwards(const IndexingAfterwards&) = delete;
  IndexingAfterwards& operator=(const IndexingAfterwards&) = delete;

  ~IndexingAfterwards() {
    if (!stop_.is_stopped()) indexing_.add(project_);
  }

 private:
  BackgroundIndexing& indexing_;
  const std::shared_ptr<OpenProject> project_;
  const StopToken stop_;
};

}  // namespace toolpost::project_index
