// SPDX-License-Identifier: Apache-2.0
#include "projects/background_indexing.hpp"

#include <algorithm>
#include <exception>

namespace toolpost::project_index {

namespace {

constexpr std::size_t kMaxWaiting = 16;  // each of them is an open project

}  // namespace

void BackgroundIndexing::add(const std::shared_ptr<OpenProject>& project) noexcept {
  std::shared_ptr<OpenProject> forgotten;  // closes without the lock
  try {
    const std::lock_guard lock(mutex_);
    if (is_stopped_ || std::find(waiting_.begin(), waiting_.end(), project) != waiting_.end())
      return;
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    waiting_.push_back(project);
    if (waiting_.size() > kMaxWaiting) {
      forgotten = std::move(waiting_.front());
      waiting_.pop_front();
    }
    changed_.notify_one();
  } catch (const std::exception&) {
    // No memory, or no thread.
  }
}

void BackgroundIndexing::stop() {
  std::deque<std::shared_ptr<OpenProject>> forgotten;  // they close without the lock
  std::thread ending;
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    forgotten.swap(waiting_);
    ending.swap(thread_);
  }
  stop_.stop();
  changed_.notify_one();
  if (ending.joinable()) ending.join();
}

std::shared_ptr<OpenProject> BackgroundIndexing::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_stopped_ || !waiting_.empty(); });
  if (is_stopped_) return nullptr;
  auto out = std::move(waiting_.front());
  waiting_.pop_front();
  return out;
}

void BackgroundIndexing::run() {
  while (const auto project = next()) {
    std::string problem;
    try {
      const auto made = project->index().snapshot(stop_, {});
      if (!made.ok() && !stop_.is_stopped()) problem = made.refusal().text;
    } catch (const std::exception& error) {
      problem = error.what();
    }
    if (!problem.empty() && complain_)
      complain_("the index of " + project->path() + " could not be made: " + problem);
  }
}

}  // namespace toolpost::project_index
