// SPDX-License-Identifier: Apache-2.0
// The base class of a plugin and the macro that exports it. One .so has one TOOLPOST_PLUGIN; the
// host may create several instances of it, each with its own configuration.
#pragma once

#include <toolpost/error.hpp>
#include <toolpost/json.hpp>
#include <toolpost/plugin.h>
#include <toolpost/prompt.hpp>
#include <toolpost/resource.hpp>
#include <toolpost/severity.hpp>
#include <toolpost/tool.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace toolpost::sdk {

namespace detail {
class HostLink;
class Instance;
}  // namespace detail

// What create() was given. Passed to the plugin's constructor, which hands it to Plugin.
struct Context {
  std::shared_ptr<detail::HostLink> link;
  std::string instance_name;  // chosen by the operator
  std::string data_dir;       // private to this instance, writable; empty = none
  Json config;                // valid against the config schema
  bool is_isolated = false;   // in a process of its own
};

// How a plugin is. Everybody who reaches the host may read the facts: nothing secret belongs there.
struct Health {
  bool is_well = true;          // it can do its work
  Json facts = Json::object();  // see toolpost/ext/health.h for what they may be
};

// Derive from it, inherit or write a constructor that takes a const Context&, and override start().
//
// The constructor and start(), stop(), the destructor run in this order, never two at once, on
// threads of the host. An exception from the constructor or start() fails the instance: an Error
// with its status and message, any other as kInternal. Between start() and stop() handlers run on
// worker threads, several at once; after stop() no new one begins. When the destructor returns,
// every thread of the plugin must have ended.
class Plugin {
 public:
  explicit Plugin(const Context& context);
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  virtual ~Plugin();

  // Add tools, resources and prompts, and start threads here. What was added appears together once
  // it returns.
  virtual void start() = 0;

  // Complete what is running, soon: the host waits only for its drain time.
  virtual void stop() {}

  // Between start() and stop(), on a worker thread, one at a time and not often; the host waits for
  // no answer. What it throws counts as not well.
  virtual Health health() { return {}; }

  // A client has subscribed to this URI and nobody had before, or nobody is left. Between start()
  // and stop(), on a worker thread, one at a time for one URI. What it throws is logged.
  virtual void on_interest(std::string_view uri, bool is_wanted);

  // A table for an extension that this plugin offers to the host, or nullptr. Any thread.
  virtual const void* offered_extension(std::string_view) noexcept { return nullptr; }

 protected:
  const std::string& instance_name() const noexcept;
  const std::string& data_dir() const noexcept;
  const Json& config() const noexcept;
  bool is_isolated() const noexcept;

  // Any thread, from start() on. Throws Error when the host refuses. After start() changes show at
  // once, and clients are told that the list has changed. Handlers of what was removed may still
  // run for a while. Completions come and go with their prompt or template.
  void add(const Tool& tool);
  void add(const Resource& resource);
  void add(const ResourceTemplate& resources);
  void add(const Prompt& prompt);
  void remove_tool(std::string_view name);
  void remove_resource(std::string_view uri);
  void remove_resource_template(std::string_view uri_template);
  void remove_prompt(std::string_view name);

  // What is at this URI reads differently from now on: the host tells those who subscribed to it.
  // Any thread, from start() on, as often as it happens.
  void resource_updated(std::string_view uri) const noexcept;

  // Any thread, at any time. Outside a call; inside one Call::log() names the call.
  void log(Severity severity, std::string_view text) const noexcept;
  // A host extension such as "toolpost.kv/1", or nullptr. Any thread.
  const void* host_extension(const char* id) const noexcept;

 private:
  friend class detail::Instance;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// What the entry says about a plugin. Literals only: it is a constant of the library, so that
// reading the entry runs no code.
class PluginInfo {
 public:
  // id: reverse DNS, e.g. "com.example.word-count"; version: semantic.
  constexpr PluginInfo(std::string_view id, std::string_view version) noexcept
      : id_(id), name_(id), version_(version) {}

  constexpr PluginInfo name(std::string_view text) const noexcept {
    PluginInfo copy = *this;
    copy.name_ = text;
    return copy;
  }

  constexpr PluginInfo vendor(std::string_view text) const noexcept {
    PluginInfo copy = *this;
    copy.vendor_ = text;
    return copy;
  }

  // JSON Schema 2020-12 of the configuration. Default: an object without members.
  constexpr PluginInfo config_schema(std::string_view json) const noexcept {
    PluginInfo copy = *this;
    copy.config_schema_ = json;
    return copy;
  }

  // What the model should know about these tools as a whole.
  constexpr PluginInfo instructions(std::string_view text) const noexcept {
    PluginInfo copy = *this;
    copy.instructions_ = text;
    return copy;
  }

  // TOOLPOST_ENTRY_*
  constexpr PluginInfo flags(std::uint32_t bits) const noexcept {
    PluginInfo copy = *this;
    copy.flags_ = bits;
    return copy;
  }

  using CreateFunction = decltype(toolpost_entry::create);

  constexpr toolpost_entry entry(CreateFunction create) const noexcept {
    toolpost_entry entry{};
    entry.struct_size = sizeof(entry);
    entry.abi_version = TOOLPOST_ABI_VERSION;
    entry.min_host_version = TOOLPOST_ABI_MAJOR << 16U;
    entry.flags = flags_;
    entry.id = text(id_);
    entry.name = text(name_);
    entry.version = text(version_);
    entry.vendor = text(vendor_);
    entry.protocol = text("2026-07-28");
    entry.config_schema = text(config_schema_);
    entry.instructions = text(instructions_);
    entry.create = create;
    return entry;
  }

 private:
  static constexpr toolpost_str text(std::string_view value) noexcept {
    return {value.data(), value.size()};
  }

  std::string_view id_;
  std::string_view name_;
  std::string_view version_;
  std::string_view vendor_ = "";
  std::string_view config_schema_ = R"({"type":"object","additionalProperties":false})";
  std::string_view instructions_ = "";
  std::uint32_t flags_ = 0;
};

namespace detail {

using PluginFactory = std::unique_ptr<Plugin> (*)(const Context&);

// The barrier of create(): no exception leaves it.
toolpost_status create_instance(const toolpost_host* host, toolpost_ctx* context,
                                const toolpost_create_args* args, const toolpost_plugin** out,
                                PluginFactory factory) noexcept;

template <class T>
toolpost_status TOOLPOST_CALL create(const toolpost_host* host, toolpost_ctx* context,
                                     const toolpost_create_args* args,
                                     const toolpost_plugin** out) noexcept {
  return create_instance(host, context, args, out, [](const Context& given) {
    return std::unique_ptr<Plugin>(std::make_unique<T>(given));
  });
}

}  // namespace detail
}  // namespace toolpost::sdk

// TOOLPOST_PLUGIN(MyPlugin, PluginInfo("com.example.mine", "1.0.0").vendor("Example"))
// At global scope, once in a library. Names of toolpost::sdk need no qualification in it.
#define TOOLPOST_PLUGIN(Type, ...)                                                              \
  namespace toolpost::sdk::detail {                                                             \
  constexpr toolpost_entry kPluginEntry = (__VA_ARGS__).entry(&create<Type>);                   \
  }                                                                                             \
  extern "C" TOOLPOST_EXPORT const toolpost_entry* TOOLPOST_CALL toolpost_entry_v1() noexcept { \
    return &::toolpost::sdk::detail::kPluginEntry;                                              \
  }                                                                                             \
  static_assert(true, "lets the macro end with a semicolon")
