// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_host.hpp"

#include "plugin/plugin_starting.hpp"

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>

namespace toolpost::plugin {
namespace {

constexpr std::size_t kMaxInstructionsBytes = std::size_t{16} * 1024;
constexpr mode_t kPrivateDirectory = 0700;

Result<std::string> make_data_dir(const std::string& root, const std::string& id) {
  if (root.empty()) {
    return Error{Errc::kNotFound,
                 "no place for lasting data is known, because HOME is not set and the user has no "
                 "home directory; name one with data_directory in the configuration"};
  }
  const std::filesystem::path path = std::filesystem::path{root} / id;
  std::error_code ec;
  std::filesystem::create_directories(path.parent_path(), ec);
  if (::mkdir(path.c_str(), kPrivateDirectory) != 0 && errno != EEXIST) {
    const int failure = errno;
    const Error error = errno_error(path.string(), failure);
    return Error{error.code(), error.message() +
                                   "; make it possible, or name another place with "
                                   "data_directory in the configuration"};
  }
  return path.string();
}

}  // namespace

PluginHost::PluginHost(boost::asio::io_context& io, async::WorkerPool& pool,
                       registry::Registry& registry, call::Dispatcher& dispatcher, Log& log)
    : io_(io),
      pool_(pool),
      registry_(registry),
      dispatcher_(dispatcher),
      log_(log),
      batch_(io, pool),
      changes_(io, [this](Change change) { apply(std::move(change)); }) {}

Result<std::shared_ptr<const Library>> PluginHost::load(const PluginOptions& options,
                                                        const Discovery& discovery,
                                                        std::chrono::milliseconds patience) {
  const Manifest* manifest = discovery.find(options.id);
  if (manifest == nullptr) {
    for (const DiscoveryProblem& problem : discovery.problems) {
      if (problem.id == options.id) return Error{problem.error}.in("plugin " + options.id);
    }
    return Error{Errc::kNotFound,
                 "plugin " + options.id + ": no manifest with this id in the plugin directories"};
  }
  const LoadOptions load_options{
      options.sha256,
      [&](std::string_view warning) {
        log_.warn("plugin library", {{"plugin", options.id}, {"warning", warning}});
      },
      [patience](std::function<void()> step) {
        return async::BoundedStep{std::move(step)}.wait_until(std::chrono::steady_clock::now() +
                                                              patience);
      }};
  auto library = libraries_.load(*manifest, load_options);
  if (libraries_.has_stuck()) abandoned_ = true;
  return library;
}

Result<PluginHost::Ready> PluginHost::make_ready(const PluginOptions& plugin,
                                                 const Discovery& discovery,
                                                 const PluginHostOptions& options) {
  auto library = load(plugin, discovery, options.start_timeout);
  if (!library) return library.error();
  if ((*library)->manifest.isolation == Isolation::kRequired) {
    return Error{Errc::kUnsupported, "plugin " + plugin.id +
                                         ": wants a process of its own, which this host cannot "
                                         "give yet"};
  }
  const Manifest& manifest = (*library)->manifest;
  if (auto good = check_config_schema((*library)->facts.config_schema); !good) {
    return Error{good.error()}.in(manifest.path).in("plugin " + plugin.id);
  }
  auto config =
      complete_config(plugin.config, (*library)->facts.config_schema, options.host_values);
  if (!config) return Error{Errc::kDenied, config.error().message()};
  return Ready{std::move(*library), std::move(*config)};
}

Instance* PluginHost::make_instance(const PluginOptions& plugin, const PluginHostOptions& options) {
  auto instance = std::make_unique<Instance>(
      plugin.id, options.limits, log_, pool_, batch_, dispatcher_,
      Instance::Changes{[this](Instance& changed, std::shared_ptr<Item> item) {
                          changes_.send({&changed, std::move(item), {}, {}});
                        },
                        [this](Instance& changed, mcp::ItemKind kind, std::string key) {
                          changes_.send({&changed, nullptr, kind, std::move(key)});
                        }},
      Grants{plugin.grants, options.services});
  const std::lock_guard lock{instances_mutex_};
  instances_.push_back(std::move(instance));
  return instances_.back().get();
}

PluginHost::Starting PluginHost::begin(const PluginOptions& plugin, Ready ready,
                                       const PluginHostOptions& options) {
  Instance* instance = make_instance(plugin, options);
  ItemSettings settings{plugin.id, plugin.prefix, dispatcher_.new_lane(), plugin.trusted,
                        plugin.timeout};
  // For each call its on_call and its on_cancel at the same time, and one on_release.
  pool_.raise_limit(2 * plugin.lane.concurrency + 1);
  const auto data_dir = make_data_dir(options.data_root, plugin.id);
  if (!data_dir) {
    log_.warn("plugin has no data directory",
              {{"plugin", plugin.id}, {"reason", data_dir.error().message()}});
  }
  auto outcome = std::make_shared<StartOutcome>();
  async::BoundedStep step{[instance, outcome, library = ready.library, config = ready.config,
                           data_dir = data_dir ? *data_dir : std::string{}] {
    *outcome = instance->start(library->entry(), config, data_dir);
  }};
  return Starting{{.instance = instance,
                   .options = plugin,
                   .config = std::move(ready.config),
                   .result_bytes = options.limits.result_bytes,
                   .library = std::move(ready.library),
                   .settings = std::move(settings)},
                  std::move(outcome),
                  std::move(step)};
}

// A plugin's own failure costs that plugin. What the operator got wrong stops the host: going on
// would hide it.
Result<> PluginHost::give_up(const PluginOptions& plugin, const Error& why) {
  const bool operators_to_mend =
      why.code() == Errc::kNotFound || why.code() == Errc::kDenied || why.code() == Errc::kExists;
  if (plugin.required || operators_to_mend) return why;
  log_.error("plugin not started", {{"plugin", plugin.id}, {"reason", why.message()}});
  return {};
}

void PluginHost::tell(const PluginEvent& event) const {
  if (listener_) listener_(event);
}

Discovery PluginHost::discover_all(const PluginHostOptions& options) const {
  Discovery discovery = discover(options.directories);
  for (const DiscoveryProblem& problem : discovery.problems) {
    log_.warn("plugin manifest refused",
              {{"path", problem.path}, {"reason", problem.error.message()}});
  }
  return discovery;
}

Result<> PluginHost::start(const PluginHostOptions& options) {
  listener_ = options.listener;
  const Discovery discovery = discover_all(options);
  std::vector<Starting> starting;
  std::string faults;  // all of them, so that the operator mends them in one go
  for (const PluginOptions& plugin : options.plugins) {
    auto ready = make_ready(plugin, discovery, options);
    if (!ready) tell({.id = plugin.id, .what = "refused", .reason = ready.error().message()});
    if (ready) {
      starting.push_back(begin(plugin, std::move(*ready), options));
    } else if (const auto fatal = give_up(plugin, ready.error()); !fatal) {
      faults.append(faults.empty() ? "" : "\n").append(fatal.error().message());
    }
  }
  if (!faults.empty()) return Error{Errc::kDenied, std::move(faults)};
  // Not from the beginning: a library that did not return has had that time.
  const auto deadline = std::chrono::steady_clock::now() + options.start_timeout;
  for (Starting& one : starting) {
    const auto published = publish(one, deadline);
    if (published) continue;
    tell({.id = one.running.options.id,
          .what = "failed",
          .version = one.running.library->manifest.version,
          .sha256 = one.running.library->sha256,
          .reason = published.error().message()});
    discard(*one.running.instance, deadline);
    if (auto fatal = give_up(one.running.options, published.error()); !fatal) return fatal;
  }
  return {};
}

// A plugin that will not serve is taken down at once, so that its threads do not stay.
void PluginHost::discard(Instance& instance, std::chrono::steady_clock::time_point deadline) {
  if (instance.has_frames()) return;  // its start has not returned; it is abandoned already
  const async::BoundedStep step{[&instance] {
    instance.stop();
    instance.close();
    instance.destroy();
  }};
  if (step.wait_until(deadline)) return;
  instance.abandon();
  abandoned_ = true;
}

// What it offers, when its start() has returned in time and all of that is well.
Result<registry::Items> PluginHost::finish(Starting& starting,
                                           std::chrono::steady_clock::time_point deadline) {
  const RunningPlugin& running = starting.running;
  const std::string context = "plugin " + running.options.id;
  if (!starting.step.wait_until(deadline)) {
    running.instance->abandon();
    abandoned_ = true;
    return Error{Errc::kUnavailable, context + ": start did not return in time"};
  }
  auto& items = **starting.outcome;
  if (!items) return Error{items.error()}.in(context);
  registry::Items offered;
  for (const auto& item : *items) {
    auto made = make_item(item, running.settings);
    if (!made) return Error{made.error()}.in(context);
    offered.push_back(std::move(*made));
  }
  return offered;
}

Result<> PluginHost::publish(Starting& starting, std::chrono::steady_clock::time_point deadline) {
  auto offered = finish(starting, deadline);
  if (!offered) return offered.error();
  RunningPlugin& running = starting.running;
  const std::size_t count = offered->size();
  dispatcher_.add_lane(running.settings.lane, running.options.id, *running.instance,
                       running.options.lane);
  if (auto published = registry_.publish(std::move(*offered)); !published) return published.error();
  announce(running, count);
  running_.push_back(std::move(running));
  return {};
}

void PluginHost::announce(const RunningPlugin& running, std::size_t items) {
  log_.info("plugin started", {{"plugin", running.options.id},
                               {"version", running.library->manifest.version},
                               {"path", running.library->manifest.file},
                               {"items", items}});
  tell({.id = running.options.id,
        .what = "started",
        .version = running.library->manifest.version,
        .sha256 = running.library->sha256,
        .items = static_cast<std::int64_t>(items)});
}

void PluginHost::apply(Change change) {
  const auto running =
      std::find_if(running_.begin(), running_.end(),
                   [&](const RunningPlugin& one) { return one.instance == change.instance; });
  if (running == running_.end()) {
    if (expects_stage_) early_.push_back(std::move(change));
    return;
  }
  if (!change.added) {
    registry_.withdraw(running->options.id, change.kind, change.removed);
    tell({.id = running->options.id, .what = "withdrew", .item = change.removed});
    return;
  }
  auto made = make_item(change.added, running->settings);
  Result<> published = made ? registry_.publish({*made}) : Result<>{made.error()};
  if (!published) {
    log_.error("plugin item refused",
               {{"plugin", running->options.id}, {"reason", published.error().message()}});
    return;
  }
  tell({.id = running->options.id, .what = "added", .item = (*made)->name});
}

std::vector<Instance*> PluginHost::running_instances() const {
  std::vector<Instance*> instances;
  for (const RunningPlugin& running : running_) instances.push_back(running.instance);
  return instances;
}

std::string PluginHost::instructions() const {
  std::string joined;
  for (const RunningPlugin& running : running_) {
    const std::string& text = running.library->facts.instructions;
    if (text.empty() || joined.size() + text.size() > kMaxInstructionsBytes) continue;
    if (!joined.empty()) joined += "\n\n";
    joined += text;
  }
  return joined;
}

}  // namespace toolpost::plugin
