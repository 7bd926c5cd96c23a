// SPDX-License-Identifier: Apache-2.0
// The part of PluginHost that replaces plugins while the server goes on.
#include "plugin/plugin_starting.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <system_error>

namespace toolpost::plugin {
namespace {

constexpr std::chrono::milliseconds kDropTime{5000};

const RunningPlugin* find(const std::vector<RunningPlugin>& all, std::string_view id) {
  const auto place = std::find_if(all.begin(), all.end(),
                                  [&](const RunningPlugin& one) { return one.options.id == id; });
  return place == all.end() ? nullptr : &*place;
}

// Whether an instance started now would be as the one that runs.
bool is_same(const RunningPlugin& running, const PluginOptions& plugin, const Library& library,
             const std::string& config, std::size_t result_bytes) {
  const PluginOptions& before = running.options;
  return running.library->sha256 == library.sha256 &&
         running.library->manifest.version == library.manifest.version &&
         running.config == config && running.result_bytes == result_bytes &&
         before.prefix == plugin.prefix && before.trusted == plugin.trusted &&
         before.timeout == plugin.timeout && before.grants == plugin.grants &&
         before.lane == plugin.lane;
}

std::string label(const RunningPlugin& plugin) {
  return plugin.options.id + " " + plugin.library->manifest.version;
}

// Whoever ends the process waits for those who run plugin code here, for a while.
class Staging {
 public:
  explicit Staging(std::atomic<int>& count) : count_(count) { ++count_; }

  ~Staging() { --count_; }

  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

 private:
  std::atomic<int>& count_;
};

void add_line(std::string& lines, const std::string& line) {
  if (!lines.empty()) lines += "\n";
  lines += line;
}

}  // namespace

void PluginHost::expect_stage() {
  expects_stage_ = true;
}

void PluginHost::tell_later(PluginEvent event) {
  boost::asio::post(io_, [this, event = std::move(event)] { tell(event); });
}

// Of a singleton one instance lives at a time, so none can be made ready beside the one that runs;
// and to end that one first would leave nothing to go on with if the new one fails.
Result<> PluginHost::check_single(const PluginOptions& plugin, const Library& library,
                                  const RunningPlugin* running) {
  const auto is_singleton = [](const Library& one) {
    return (one.facts.flags & TOOLPOST_ENTRY_SINGLETON) != 0;
  };
  if (running != nullptr && (is_singleton(library) || is_singleton(*running->library))) {
    return Error{Errc::kState, "plugin " + plugin.id +
                                   ": is a singleton, which a reload cannot replace; restart the "
                                   "server to take its change"};
  }
  if (!is_singleton(library)) return {};
  const std::lock_guard lock{instances_mutex_};
  const bool is_free = std::all_of(instances_.begin(), instances_.end(), [&](const auto& instance) {
    return instance->id() != plugin.id || instance->is_destroyed();
  });
  if (is_free) return {};
  return Error{Errc::kState, "plugin " + plugin.id +
                                 ": is a singleton, and its last instance has not ended yet; "
                                 "reload again, or restart the server"};
}

Result<StagedPlugins> PluginHost::stage(const PluginHostOptions& options,
                                        const std::vector<RunningPlugin>& running) {
  const Staging staging{staging_};
  if (stopped_) return Error{Errc::kState, "the server is stopping"};
  const Discovery discovery = discover_all(options);
  StagedPlugins staged;
  std::string faults;
  std::vector<std::pair<const PluginOptions*, Ready>> to_start;
  for (const PluginOptions& plugin : options.plugins) {
    auto ready = make_ready(plugin, discovery, options);
    if (!ready) {
      tell_later({.id = plugin.id, .what = "refused", .reason = ready.error().message()});
      add_line(faults, ready.error().message());
      continue;
    }
    const RunningPlugin* known = find(running, plugin.id);
    if (known != nullptr &&
        is_same(*known, plugin, *ready->library, ready->config, options.limits.result_bytes)) {
      staged.kept.push_back(*known);
      staged.kept.back().options = plugin;
    } else if (auto single = check_single(plugin, *ready->library, known); !single) {
      tell_later({.id = plugin.id, .what = "refused", .reason = single.error().message()});
      add_line(faults, single.error().message());
    } else {
      to_start.emplace_back(&plugin, std::move(*ready));
    }
  }
  if (!faults.empty()) return Error{Errc::kDenied, std::move(faults)};
  const auto deadline = std::chrono::steady_clock::now() + options.start_timeout;
  std::vector<Starting> starting;
  starting.reserve(to_start.size());
  for (auto& [plugin, ready] : to_start) {
    starting.push_back(begin(*plugin, std::move(ready), options));
  }
  for (Starting& one : starting) {
    auto items = finish(one, deadline);
    if (items) {
      staged.fresh.push_back({one.running, std::move(*items)});
      continue;
    }
    tell_later({.id = one.running.options.id,
                .what = "failed",
                .version = one.running.library->manifest.version,
                .sha256 = one.running.library->sha256,
                .reason = items.error().message()});
    add_line(faults, items.error().message());
  }
  if (faults.empty()) return staged;
  for (const Starting& one : starting) drop(one.running);
  return Error{Errc::kUnavailable, std::move(faults)};
}

Result<PluginChanges> PluginHost::commit(StagedPlugins& staged, std::chrono::milliseconds drain) {
  std::vector<RunningPlugin> leaving;
  std::vector<std::string> ids;
  for (const RunningPlugin& one : running_) {
    if (find(staged.kept, one.options.id) != nullptr) continue;
    leaving.push_back(one);
    ids.push_back(one.options.id);
  }
  registry::Items items;
  for (const auto& fresh : staged.fresh) {
    items.insert(items.end(), fresh.items.begin(), fresh.items.end());
  }
  if (auto done = registry_.exchange(ids, std::move(items)); !done) return done.error();

  // In the same turn of the event loop, so that no request comes between.
  PluginChanges changes;
  changes.kept = staged.kept.size();
  std::vector<std::size_t> lanes;
  running_ = std::move(staged.kept);
  for (const auto& fresh : staged.fresh) {
    const RunningPlugin& plugin = fresh.running;
    dispatcher_.add_lane(plugin.settings.lane, plugin.options.id, *plugin.instance,
                         plugin.options.lane);
    lanes.push_back(plugin.settings.lane);
    announce(plugin, fresh.items.size());
    const bool is_new = find(leaving, plugin.options.id) == nullptr;
    (is_new ? changes.started : changes.replaced).push_back(label(plugin));
    running_.push_back(plugin);
  }
  std::sort(running_.begin(), running_.end(),
            [](const auto& one, const auto& other) { return one.options.id < other.options.id; });
  staged = {};
  dispatcher_.tell_interests(lanes);
  expects_stage_ = false;
  for (Change& change : std::exchange(early_, {})) apply(std::move(change));
  for (const RunningPlugin& one : leaving) {
    if (find(running_, one.options.id) == nullptr) changes.stopped.push_back(label(one));
    this->drain(one, drain);
  }
  return changes;
}

void PluginHost::drain(const RunningPlugin& leaving, std::chrono::milliseconds patience) {
  Instance& instance = *leaving.instance;
  const std::size_t threads = 2 * leaving.options.lane.concurrency + 1;
  const auto place = std::make_shared<std::weak_ptr<PluginDrain>>();
  auto drain = std::make_shared<PluginDrain>(
      io_, dispatcher_, instance, leaving.settings.lane, patience,
      [this, &instance, threads, place](bool clean) {
        std::erase(drains_, place->lock());
        tell({.id = instance.id(), .what = clean ? "stopped" : "abandoned"});
        if (clean) {
          pool_.lower_limit(threads);
          log_.info("plugin stopped", {{"plugin", instance.id()}});
          return;
        }
        abandoned_ = true;
        log_.warn("plugin abandoned: its code is still running", {{"plugin", instance.id()}});
      });
  *place = drain;
  drains_.push_back(drain);
  drain->begin();
}

// On a thread of the reload. One whose start() has not returned is abandoned already.
void PluginHost::drop(const RunningPlugin& plugin) {
  discard(*plugin.instance, std::chrono::steady_clock::now() + kDropTime);
  if (!plugin.instance->has_frames()) pool_.lower_limit(2 * plugin.options.lane.concurrency + 1);
}

void PluginHost::drop_stage(StagedPlugins staged) {
  expects_stage_ = false;
  early_.clear();
  if (staged.fresh.empty()) return;
  ++staging_;
  try {
    async::BoundedStep{[this, staged = std::move(staged)] {
                         for (const auto& fresh : staged.fresh) drop(fresh.running);
                       },
                       [this] { --staging_; }};
  } catch (const std::system_error&) {  // no more threads; the end of the process stops them
    --staging_;
  }
}

}  // namespace toolpost::plugin
