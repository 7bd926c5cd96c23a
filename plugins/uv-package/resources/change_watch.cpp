// SPDX-License-Identifier: Apache-2.0
#include "resources/change_watch.hpp"

#include "resources/change_watch_run.hpp"

#include <toolpost/error.hpp>

#include <utility>

namespace toolpost::uv_package {

namespace {

constexpr std::size_t kMaxRemembered = 1024;

}  // namespace

ChangeWatch::ChangeWatch(Functions functions) : functions_(std::move(functions)) {}

ChangeWatch::~ChangeWatch() {
  stop();
}

void ChangeWatch::about_to_read(std::string_view uri) {
  const std::string key(uri);
  const Hash look = std::hash<std::string>()(functions_.look(key).look);
  const std::lock_guard lock(mutex_);
  if (read_.size() >= kMaxRemembered && read_.count(key) == 0) read_.erase(read_.begin());
  read_[key] = look;
}

void ChangeWatch::watch(std::string_view uri) {
  const std::lock_guard lock(mutex_);
  if (is_stopped_) return;
  if (watched_.size() >= kMaxWatched && watched_.count(std::string(uri)) == 0) {
    throw sdk::Error(sdk::Status::kLimit, "changes of " + std::to_string(kMaxWatched) +
                                              " resources are watched, and no more");
  }
  if (!run_) run_ = std::make_unique<Run>(*this);
  watched_.try_emplace(std::string(uri));
  run_->wake();
}

void ChangeWatch::forget(std::string_view uri) {
  std::unique_ptr<Run> ended;  // joined after the lock is given back
  const std::lock_guard lock(mutex_);
  watched_.erase(std::string(uri));
  if (!watched_.empty()) {
    if (run_) run_->wake();
    return;
  }
  ended = std::move(run_);
}

void ChangeWatch::stop() {
  std::unique_ptr<Run> ended;
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
  watched_.clear();
  ended = std::move(run_);
}

bool ChangeWatch::is_running() const {
  const std::lock_guard lock(mutex_);
  return run_ != nullptr;
}

std::vector<std::string> ChangeWatch::watched(const Run& asking) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  if (run_.get() != &asking) return out;
  for (const auto& [uri, one] : watched_) out.push_back(uri);
  return out;
}

std::vector<std::string> ChangeWatch::new_ones(const Run& asking) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  if (run_.get() != &asking) return out;
  for (const auto& [uri, one] : watched_) {
    if (one.is_new) out.push_back(uri);
  }
  return out;
}

bool ChangeWatch::keep_look(const Run& asking, const std::string& uri, Hash look) {
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(uri);
  if (found == watched_.end() || run_.get() != &asking) return false;
  Watched& one = found->second;
  if (std::exchange(one.is_new, false)) {
    const auto read = read_.find(uri);
    one.look = read == read_.end() ? look : read->second;
  }
  return std::exchange(one.look, look) != look;
}

}  // namespace toolpost::uv_package
