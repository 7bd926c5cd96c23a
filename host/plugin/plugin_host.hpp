// SPDX-License-Identifier: Apache-2.0
// All plugins of this process: loads what is enabled, starts it, publishes what it offers, takes it
// down again, and replaces it while the server goes on.
//
// At the start one plugin that fails is a log line, and the others go on. A reload is all or
// nothing, in three steps: stage() starts new instances beside those that run, of plugins that are
// new or differ in file, settings or limits; commit() puts what they offer into the registry in
// place of the old, in one turn of the event loop; each old instance then drains
// (plugin_drain.hpp). What does not differ keeps its instance. Every item names the lane of its own
// instance, and every call holds its item, so a call ends on the instance it began with. That set
// of running instances and the registry's snapshot are what a generation is; nothing else stands
// for it.
#pragma once

#include "async/batch.hpp"
#include "async/mailbox.hpp"
#include "base/log.hpp"
#include "call/dispatcher.hpp"
#include "plugin/instance.hpp"
#include "plugin/loader/discovery.hpp"
#include "plugin/loader/library.hpp"
#include "plugin/plugin_config.hpp"
#include "plugin/plugin_drain.hpp"
#include "plugin/plugin_event.hpp"
#include "registry/registry.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace toolpost::plugin {

// What the operator says about one plugin that is enabled.
struct PluginOptions {
  std::string id;
  std::string prefix;
  std::string sha256;  // pinned hash; empty: none
  GivenConfig config;
  bool required = false;  // the host does not start without it
  bool trusted = false;   // its items' flags decide about access
  std::chrono::milliseconds timeout{0};
  call::LaneLimits lane;
  std::vector<std::string> grants;  // ids of the host's extensions that it may use
};

struct PluginHostOptions {
  std::vector<std::string> directories;
  std::vector<PluginOptions> plugins;
  HostValues host_values;
  std::string data_root;  // each plugin gets a directory below; empty: none
  std::chrono::milliseconds start_timeout{10'000};
  InstanceLimits limits;
  call::Services services;  // what grants lead to; outlives the plugins
  PluginListener listener{};
};

// One that offers its items, or will.
struct RunningPlugin {
  Instance* instance = nullptr;
  PluginOptions options;
  std::string config;  // completed
  std::size_t result_bytes = 0;
  std::shared_ptr<const Library> library;
  ItemSettings settings;
};

// What a reload has made ready.
struct StagedPlugins {
  struct Fresh {
    RunningPlugin running;
    registry::Items items;
  };

  std::vector<Fresh> fresh;
  std::vector<RunningPlugin> kept;  // with their options of now
};

// What a reload has done, as "ID VERSION".
struct PluginChanges {
  std::vector<std::string> started;
  std::vector<std::string> replaced;
  std::vector<std::string> stopped;
  std::size_t kept = 0;
};

// Lives as long as the process, and so do its instances. The functions below run on the main thread
// while the event loop does not, except where they say so.
class PluginHost {
 public:
  PluginHost(boost::asio::io_context& io, async::WorkerPool& pool, registry::Registry& registry,
             call::Dispatcher& dispatcher, Log& log);

  // Fails only for what the operator must mend: a plugin that is nowhere, that is not trusted or
  // not the pinned one, one that is configured wrongly, one that is required, and names that
  // collide. The error has a line for each of them.
  Result<> start(const PluginHostOptions& options);

  // What the plugins tell the model, joined.
  std::string instructions() const;

  std::size_t running() const noexcept { return running_.size(); }

  std::vector<Instance*> running_instances() const;

  // [I/O] Before stage(), until commit() or drop_stage(): changes that a staged plugin makes to its
  // items wait meanwhile.
  void expect_stage();
  // [a thread of its own] One at a time. `running` is what running_plugins() was. The error has a
  // line for each plugin that cannot be loaded or started; none of them runs then.
  Result<StagedPlugins> stage(const PluginHostOptions& options,
                              const std::vector<RunningPlugin>& running);
  // [I/O] Fails when names collide; then nothing has changed, and the stage is to be dropped. Calls
  // of the instances that go have `drain` to end.
  Result<PluginChanges> commit(StagedPlugins& staged, std::chrono::milliseconds drain);
  // [I/O] What was staged is stopped, on a thread of its own.
  void drop_stage(StagedPlugins staged);

  const std::vector<RunningPlugin>& running_plugins() const noexcept { return running_; }

  // Tells every plugin to stop, each on a thread of its own; `stopped` runs once on the I/O thread
  // when all have returned.
  void begin_stop(std::function<void()> stopped);

  // After the event loop has ended, also where the plugins have not been told to stop. False when a
  // plugin's code is still on some stack; then the process must leave without running any
  // destructor.
  bool destroy(std::chrono::steady_clock::time_point deadline);

 private:
  // What a plugin did to its items after start; `added` is null for a removal.
  struct Change {
    Instance* instance;
    std::shared_ptr<Item> added;
    mcp::ItemKind kind;  // of what was removed
    std::string removed;
  };

  struct Starting;
  class Ending;
  // Empty until start() of the plugin has returned.
  using StartOutcome = std::optional<Result<std::vector<std::shared_ptr<Item>>>>;

  // What there is of a plugin before any of its code runs.
  struct Ready {
    std::shared_ptr<const Library> library;
    std::string config;  // completed
  };

  Result<Ready> make_ready(const PluginOptions& plugin, const Discovery& discovery,
                           const PluginHostOptions& options);
  Starting begin(const PluginOptions& plugin, Ready ready, const PluginHostOptions& options);
  Result<registry::Items> finish(Starting& starting,
                                 std::chrono::steady_clock::time_point deadline);
  Instance* make_instance(const PluginOptions& plugin, const PluginHostOptions& options);
  Discovery discover_all(const PluginHostOptions& options) const;
  void announce(const RunningPlugin& running, std::size_t items);
  Result<> check_single(const PluginOptions& plugin, const Library& library,
                        const RunningPlugin* running);
  void drain(const RunningPlugin& leaving, std::chrono::milliseconds patience);
  bool is_draining(const Instance& instance) const;
  void add_endings(std::vector<Ending>& endings);
  void drop(const RunningPlugin& plugin);
  void tell_later(PluginEvent event);
  Result<> give_up(const PluginOptions& plugin, const Error& why);

  Result<std::shared_ptr<const Library>> load(const PluginOptions& options,
                                              const Discovery& discovery,
                                              std::chrono::milliseconds patience);
  Result<> publish(Starting& starting, std::chrono::steady_clock::time_point deadline);
  void discard(Instance& instance, std::chrono::steady_clock::time_point deadline);
  void apply(Change change);
  void tell(const PluginEvent& event) const;

  boost::asio::io_context& io_;
  async::WorkerPool& pool_;
  registry::Registry& registry_;
  call::Dispatcher& dispatcher_;
  Log& log_;
  async::Batch batch_;
  LibraryCache libraries_;
  std::mutex instances_mutex_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::vector<RunningPlugin> running_;
  std::vector<std::shared_ptr<PluginDrain>> drains_;
  bool expects_stage_ = false;
  std::vector<Change> early_;          // of instances that are not published yet, perhaps
  std::atomic<int> staging_ = 0;       // threads that run a plugin's start, or its stop after that
  std::atomic<bool> stopped_ = false;  // the process leaves: what is staged will not be committed
  std::size_t still_stopping_ = 0;
  std::set<const Instance*> ending_;  // what destroy() has begun with
  std::atomic<bool> abandoned_ = false;
  PluginListener listener_;
  async::Mailbox<Change> changes_;
};

}  // namespace toolpost::plugin
