// SPDX-License-Identifier: Apache-2.0
#include "resources/subscriptions.hpp"

#include "projects/project_place.hpp"
#include "resources/readings.hpp"

#include <toolpost/error.hpp>

#include <chrono>
#include <utility>

namespace toolpost::project_index {

namespace {

// How often it is looked whether the watched projects are still the directories at their paths, and
// what has changed in them without being told.
constexpr std::chrono::seconds kBetweenLooks{2};

}  // namespace

Subscriptions::Subscriptions(Services& services, Functions functions)
    : services_(services), functions_(std::move(functions)) {}

Subscriptions::~Subscriptions() {
  stop();
}

void Subscriptions::was_read(std::string_view uri, std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (read_.size() >= kMaxWatched && read_.find(std::string(uri)) == read_.end()) {
    read_.erase(read_.begin());
  }
  read_[std::string(uri)] = std::hash<std::string_view>()(text);
}

void Subscriptions::watch(std::string_view uri) {
  const std::lock_guard lock(mutex_);
  if (is_stopped_ || row_of(parse_uri(uri).base) == nullptr) return;
  if (watched_.size() >= kMaxWatched) {
    throw sdk::Error(sdk::Status::kLimit,
                     "more than " + std::to_string(kMaxWatched) + " resources can't be watched");
  }
  watched_.try_emplace(std::string(uri));
  new_.emplace(uri);
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  wake_.notify_one();
}

void Subscriptions::forget(std::string_view uri) {
  std::shared_ptr<OpenProject> project;  // may close, after the lock is gone
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(std::string(uri));
  if (found == watched_.end()) return;
  project = found->second.project;
  watched_.erase(found);
  new_.erase(std::string(uri));
}

void Subscriptions::stop() {
  std::thread ending;
  std::map<std::string, Watched> watched;
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    ending.swap(thread_);
  }
  stop_.stop();
  wake_.notify_one();
  if (ending.joinable()) ending.join();
  {
    const std::lock_guard lock(mutex_);
    watched.swap(watched_);
  }
  // The indexes may outlive this: none may call it any more. Without the lock, which a call that is
  // under way is waiting for.
  for (auto& [uri, one] : watched) {
    if (one.project) one.project->index().on_update({});
  }
}

std::vector<std::string> Subscriptions::watched_in(const std::string& project) {
  std::vector<std::string> out;
  const std::lock_guard lock(mutex_);
  for (const auto& [uri, one] : watched_) {
    if (one.project && one.project->path() == project) out.push_back(uri);
  }
  return out;
}

std::map<const OpenProject*, std::string> Subscriptions::open_projects() {
  std::map<const OpenProject*, std::string> out;
  const std::lock_guard lock(mutex_);
  for (const auto& [uri, one] : watched_) {
    if (one.project) out.emplace(one.project.get(), uri);
  }
  return out;
}

void Subscriptions::exchange(const OpenProject* replaced,
                             const std::shared_ptr<OpenProject>& project) {
  std::shared_ptr<OpenProject> closing;  // after the lock is gone
  const std::lock_guard lock(mutex_);
  for (auto& [uri, one] : watched_) {
    if (one.project.get() == replaced) closing = std::exchange(one.project, project);
  }
}

void Subscriptions::look_for_untold() {
  std::set<std::shared_ptr<OpenProject>> projects;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [uri, one] : watched_) {
      if (one.project) projects.insert(one.project);
    }
  }
  for (const auto& project : projects) (void)project->index().snapshot(stop_, {});
}

void Subscriptions::follow_replaced() {
  for (const auto& [project, uri] : open_projects()) {
    // Nothing there, or something that may not be asked for: it may be on its way.
    const auto path = find_project(services_.settings, parse_uri(uri).value("project"));
    if (!path) continue;
    const auto now = services_.projects.get(*path);
    if (!now || now->get() == project) continue;
    listen_to(**now);
    // The replaced one has to close before the index of its successor is made: both are kept in
    // the same place.
    exchange(project, *now);
    for (const std::string& other : watched_in(*path)) look(other);
  }
}

std::optional<Subscriptions::Hash> Subscriptions::hash_of(
    const std::string& uri, const std::shared_ptr<OpenProject>& project) {
  const UriQuery query = parse_uri(uri);
  const ResourceRow* row = row_of(query.base);
  const auto snapshot = project->index().snapshot(stop_, {});
  if (row == nullptr || stop_.is_stopped()) return std::nullopt;
  if (!snapshot) return 0;
  try {
    const View view(services_.settings, project, *snapshot, stop_);
    const auto variables = [&](std::string_view name) { return query.value(std::string(name)); };
    const Reading reading = row->read(view, variables);
    if (stop_.is_stopped()) return std::nullopt;
    return std::hash<std::string>()(reading.text);
  } catch (const sdk::Error& error) {
    // Not being there is a look like any other.
    return std::hash<std::string>()(error.what());
  }
}

void Subscriptions::open(const std::string& uri) {
  const auto path = find_project(services_.settings, parse_uri(uri).value("project"));
  auto project = path ? services_.projects.get(*path) : path.refusal();
  if (!project) {
    functions_.complain(uri + " can't be watched: " + project.refusal().text);
    return;
  }
  // Before the first look: a change after that is heard of.
  listen_to(**project);
  {
    const std::lock_guard lock(mutex_);
    const auto found = watched_.find(uri);
    if (found == watched_.end()) return;
    found->second.project = *project;
    if (const auto read = read_.find(uri); read != read_.end()) found->second.look = read->second;
  }
  look(uri);
}

void Subscriptions::listen_to(OpenProject& project) {
  project.index().on_update([this, path = project.path()](const std::vector<std::string>&) {
    const std::lock_guard lock(mutex_);
    changed_.insert(path);
    wake_.notify_one();
  });
}

void Subscriptions::look(const std::string& uri) {
  std::shared_ptr<OpenProject> project;
  {
    const std::lock_guard lock(mutex_);
    const auto found = watched_.find(uri);
    if (found == watched_.end()) return;
    project = found->second.project;
  }
  const auto hash = hash_of(uri, project);
  if (!hash) return;
  bool is_changed = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = watched_.find(uri);
    if (found == watched_.end()) return;
    is_changed = found->second.look && *found->second.look != *hash;
    found->second.look = hash;
  }
  if (is_changed) functions_.tell(uri);
}

void Subscriptions::run() {
  for (;;) {
    std::set<std::string> opening;
    std::set<std::string> changed;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kBetweenLooks,
                     [this] { return is_stopped_ || !new_.empty() || !changed_.empty(); });
      if (is_stopped_) return;
      opening.swap(new_);
      changed.swap(changed_);
    }
    for (const std::string& uri : opening) open(uri);
    for (const std::string& project : changed) {
      for (const std::string& uri : watched_in(project)) look(uri);
    }
    look_for_untold();
    follow_replaced();
  }
}

}  // namespace toolpost::project_index
