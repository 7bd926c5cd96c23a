// SPDX-License-Identifier: Apache-2.0
#include "projects/background_indexing.hpp"

#include <algorithm>
#include <exception>

namespace toolpost::project_index {

namespace {

constexpr std::size_t kMaxWaiting = 64;

bool is_same(const std::weak_ptr<OpenProject>& one, const std::shared_ptr<OpenProject>& other) {
  return !one.owner_before(other) && !other.owner_before(one);
}

}  // namespace

void BackgroundIndexing::add(const std::shared_ptr<OpenProject>& project) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    const bool is_there = std::any_of(waiting_.begin(), waiting_.end(),
                                      [&](const auto& one) { return is_same(one, project); });
    if (is_stopped_ || is_there) return;
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    waiting_.push_back(project);
    if (waiting_.size() > kMaxWaiting) waiting_.pop_front();
    changed_.notify_one();
  } catch (const std::exception&) {
    // No memory, or no thread.
  }
}

void BackgroundIndexing::stop() {
  std::thread ending;
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    waiting_.clear();
    ending.swap(thread_);
  }
  stop_.stop();
  changed_.notify_one();
  if (ending.joinable()) ending.join();
}

std::shared_ptr<OpenProject> BackgroundIndexing::next() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_stopped_ || !waiting_.empty(); });
    if (is_stopped_) return nullptr;
    auto out = waiting_.front().lock();
    waiting_.pop_front();
    if (out) return out;
  }
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
