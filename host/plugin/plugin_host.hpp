// SPDX-License-Identifier: Apache-2.0
// All plugins of this process: loads what is enabled, starts it, publishes what it offers, and
// takes it down again. One plugin that fails is a log line; the others go on.
#pragma once

#include "async/batch.hpp"
#include "async/mailbox.hpp"
#include "base/log.hpp"
#include "call/dispatcher.hpp"
#include "plugin/instance.hpp"
#include "plugin/loader/discovery.hpp"
#include "plugin/loader/library.hpp"
#include "plugin/plugin_config.hpp"
#include "plugin/plugin_event.hpp"
#include "registry/registry.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
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

// Lives as long as the process, and so do its instances. The functions below run on the main thread
// while the event loop does not, except begin_stop().
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

  // Tells every plugin to stop, each on a thread of its own; `stopped` runs once on the I/O thread
  // when all have returned.
  void begin_stop(std::function<void()> stopped);

  // The same where no event loop runs any more.
  void stop_now(std::chrono::steady_clock::time_point deadline);

  // After the event loop has ended. False when a plugin's code is still on some stack; then the
  // process must leave without running any destructor.
  bool destroy(std::chrono::steady_clock::time_point deadline);

 private:
  struct Running {
    Instance* instance;
    PluginOptions options;
    std::shared_ptr<const Library> library;
    ItemSettings settings;
  };

  // What a plugin did to its items after start; `added` is null for a removal.
  struct Change {
    Instance* instance;
    std::shared_ptr<Item> added;
    mcp::ItemKind kind;  // of what was removed
    std::string removed;
  };

  struct Starting;
  // Empty until start() of the plugin has returned.
  using StartOutcome = std::optional<Result<std::vector<std::shared_ptr<Item>>>>;

  Result<Starting> begin(const PluginOptions& plugin, const Discovery& discovery,
                         const PluginHostOptions& options);
  Result<> give_up(const PluginOptions& plugin, const Error& why);

  Result<std::shared_ptr<const Library>> load(const PluginOptions& options,
                                              const Discovery& discovery);
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
  std::vector<std::unique_ptr<Instance>> instances_;
  std::vector<Running> running_;
  std::size_t still_stopping_ = 0;
  bool abandoned_ = false;
  PluginListener listener_;
  async::Mailbox<Change> changes_;
};

}  // namespace toolpost::plugin
